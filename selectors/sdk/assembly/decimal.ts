/** A number for people: at most four decimals, no trailing zeros. Anything beyond 10¹² is shown as 10¹². */
export function decimal(value: f64): string {
  if (isNaN(value)) return "absent";
  const scaled = u64(nearest(min(abs(value), 1e12) * 10000));
  let text = (scaled / 10000).toString();
  let rest = scaled % 10000;
  if (value < 0 && scaled > 0) text = "-" + text;
  if (rest > 0) text += ".";
  for (let unit: u64 = 1000; rest > 0; unit /= 10) {
    text += (rest / unit).toString();
    rest %= unit;
  }
  return text;
}
