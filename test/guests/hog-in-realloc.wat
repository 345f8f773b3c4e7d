;; Takes a MiB whenever it is asked for room, and traps when it is called.
(module
  (memory (export "memory") 2)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (drop (memory.grow (i32.const 16)))
    (i32.const 65536))
  (func (export "genie:selection/scoring@1.0.0#score") (param $request i32) (result i32)
    (unreachable)))
