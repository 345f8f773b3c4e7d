;; Says that its list begins in its memory and ends outside.
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  ;; result::ok at 0 with a list of three at 0x1fff0
  (data (i32.const 0) "\00\00\00\00\f0\ff\01\00\03\00\00\00")
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (i32.const 0)))
