/** A number for people: at most four decimals, no trailing zeros. From 10¹² on it says 10¹². */
export function decimal(value: f64): string {
  if (isNaN(value)) return "absent";
  const scaled = u64(nearest(min(abs(value), 1e12) * 10000));
  const sign = value < 0 && scaled > 0 ? "-" : "";
  return sign + whole(scaled / 10000) + fraction(scaled % 10000);
}

function whole(value: u64): string {
  return value < 10 ? digit(value) : whole(value / 10) + digit(value % 10);
}

function fraction(tenThousandths: u64): string {
  let text = tenThousandths > 0 ? "." : "";
  for (let rest = tenThousandths * 10; rest > 0; rest = (rest % 10000) * 10) {
    text += digit(rest / 10000);
  }
  return text;
}

function digit(value: u64): string {
  return String.fromCharCode(0x30 + i32(value));
}
