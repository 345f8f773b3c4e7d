/** The positions, that of the highest value first. Equals keep their order; NaN comes last. */
export function highestFirst(positions: i32[], values: f64[]): i32[] {
  return sorted(positions, values, -1);
}

/** The positions, that of the lowest value first. Equals keep their order; NaN comes last. */
export function lowestFirst(positions: i32[], values: f64[]): i32[] {
  return sorted(positions, values, 1);
}

class Place {
  constructor(
    readonly position: i32,
    readonly key: f64,
    readonly before: i32,
  ) {}
}

function sorted(positions: i32[], values: f64[], sign: f64): i32[] {
  const places = new Array<Place>();
  for (let i = 0; i < positions.length; i++) {
    places.push(new Place(positions[i], sign * values[positions[i]], i));
  }
  places.sort(compare);
  return places.map<i32>((place) => place.position);
}

function compare(left: Place, right: Place): i32 {
  if (left.key < right.key) return -1;
  if (left.key > right.key) return 1;
  const byAbsence = i32(isNaN(left.key)) - i32(isNaN(right.key));
  return byAbsence != 0 ? byAbsence : left.before - right.before;
}

/** The least of the values, passing over NaN; Infinity when there is none. */
export function lowest(values: f64[]): f64 {
  return values.reduce<f64>((least, value) => (value < least ? value : least), Infinity);
}

/** The greatest of the values, passing over NaN; -Infinity when there is none. */
export function highest(values: f64[]): f64 {
  return values.reduce<f64>((greatest, value) => (value > greatest ? value : greatest), -Infinity);
}
