;; A sound component of another world: it exports a function that no host of ours knows.
(module
  (memory (export "memory") 1)
  (func (export "other:thing/running@1.0.0#run")))
