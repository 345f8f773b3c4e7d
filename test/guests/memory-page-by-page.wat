;; Takes memory page by page, writes into each, and traps when it gets no more. Its own maximum is 4 GiB.
(module
  (memory (export "memory") 2 65536)
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (local $at i32)
    (loop $again
      (local.set $at (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
      (i32.store (local.get $at) (i32.const 1))
      (br_if $again (i32.gt_s (local.get $at) (i32.const 0))))
    (unreachable)))
