;; Counts its calls, and gives every candidate the count as score: 1 in a fresh instance, out of contract in a used one.
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 1024))
  (global $calls (mut f64) (f64.const 0))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (local $left i32)
    (global.set $calls (f64.add (global.get $calls) (f64.const 1)))
    (i32.store (i32.const 4) (i32.const 65536))
    (i32.store (i32.const 8) (local.tee $left (i32.load offset=56 (local.get $request))))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (f64.store offset=65544 (i32.mul (local.get $left) (i32.const 16)) (global.get $calls))
        (br $next)))
    (i32.const 0)))
