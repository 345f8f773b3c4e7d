const BAR_WIDTH = 15;

/** How much of a network is taken, as a bar and in figures: `██████░░░░░░░░░  2 of 5`. */
export function toBar(taken: number, size: number): string {
  const filled = size === 0 ? 0 : Math.round((Math.min(taken, size) / size) * BAR_WIDTH);
  const visible = taken > 0 ? Math.max(1, filled) : 0;
  return `${"█".repeat(visible)}${"░".repeat(BAR_WIDTH - visible)}  ${taken} of ${size}`;
}
