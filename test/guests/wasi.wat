;; A scorer that asks WASI for the environment of its process.
(module
  (import "wasi:cli/environment@0.2.0" "initial-cwd" (func $cwd (param i32)))
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (call $cwd (i32.const 0))
    (i32.const 0)))
