;; Rejects with a reason that clears a terminal, sets its title and goes on in a new line.
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  ;; result::ok at 0 with a list of three rejections at 16, each with the text at 0x80 of 0x15 bytes or units
  (data (i32.const 0) "\00\00\00\00\10\00\00\00\03\00\00\00\00\00\00\00")
  (data (i32.const 16) "\01\00\00\00\00\00\00\00\80\00\00\00\15\00\00\00")
  (data (i32.const 32) "\01\00\00\00\00\00\00\00\80\00\00\00\15\00\00\00")
  (data (i32.const 48) "\01\00\00\00\00\00\00\00\80\00\00\00\15\00\00\00")
  (data (i32.const 128) "\1b[2J\1b]0;owned\07\0a\0d\00\7f\c2\9bm")
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (i32.const 0)))
