import type { Step } from './load-grid.ts'

/**
 * Where to split an interval that is wider than `width`: near the middle, but so that one part is the width times a
 * power of two, which halves to exactly the width later on. The smaller part is the lower one: where all loads in
 * the middle lose too much, that saves trials.
 */
export function splitInterval(lower: Step, upper: Step, width: Step): Step {
  const whole = upper - lower
  if (whole === 2 * width) return lower + width
  if (whole < 2 * width)
    return width % 2 === 0 ? splitInterval(lower, upper, width / 2) : lower + Math.floor(whole / 2)
  let part = width
  // The most even split has the largest product.
  while (part * 2 < whole && part * 2 * (whole - part * 2) >= part * (whole - part)) part *= 2
  return lower + Math.min(part, whole - part)
}
