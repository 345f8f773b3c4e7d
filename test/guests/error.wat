;; Answers with an error whose text holds an escape sequence and is long.
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  ;; result::err at 0, the text's address at 4, its length at 8
  (data (i32.const 0) "\01\00\00\00\10\00\00\00\00\02\00\00\00\00\00\00\1b[31mno way ")
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (i32.const 0)))
