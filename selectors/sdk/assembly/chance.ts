/**
 * Chance for one thing: between 0 and 1, neither of them included. The same seed and name give the same number, so
 * that what is drawn for one network doesn't depend on which others there are.
 */
export function chance(seed: u64, name: string): f64 {
  let hash = seed ^ 0xcbf29ce484222325;
  for (let i = 0; i < name.length; i++) {
    hash = mixed(hash ^ u64(name.charCodeAt(i)));
  }
  return (f64(mixed(hash) >> 12) + 0.5) * 2.220446049250313e-16;
}

/** Source: splitmix64, https://prng.di.unimi.it/splitmix64.c */
function mixed(value: u64): u64 {
  let z = value + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
