;; A scorer that wants to know the time.
(module
  (import "other:thing/clock@1.0.0" "now" (func $now (result i64)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "genie:selection/scoring@1.0.0#score") (param i32) (result i32)
    (drop (call $now))
    (i32.const 0)))
