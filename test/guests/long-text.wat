;; Rejects with a text as long as its memory, three times.
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  ;; result::ok at 0 with a list of three rejections at 16, each with the text at 0x40 of 0x1ffb8 bytes or units
  (data (i32.const 0) "\00\00\00\00\10\00\00\00\03\00\00\00\00\00\00\00")
  (data (i32.const 16) "\01\00\00\00\00\00\00\00\40\00\00\00\b8\ff\01\00")
  (data (i32.const 32) "\01\00\00\00\00\00\00\00\40\00\00\00\b8\ff\01\00")
  (data (i32.const 48) "\01\00\00\00\00\00\00\00\40\00\00\00\b8\ff\01\00")
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (i32.const 0)))
