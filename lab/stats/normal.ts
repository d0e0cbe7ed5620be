/** The normal distribution, for what is not worth an exact one. */

/** P(Z <= z) of the standard normal distribution, to 1.2e-7 of itself (Press et al., Numerical Recipes, erfcc). */
export function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const terms = [
    0.170_872_77, -0.822_152_23, 1.488_515_87, -1.135_203_98, 0.278_868_07, -0.186_288_06, 0.096_784_18,
    0.374_091_96, 1.000_023_68, -1.265_512_23,
  ]
  const tail = (t * Math.exp(-x * x + terms.reduce((sum, term) => sum * t + term, 0))) / 2
  return z > 0 ? 1 - tail : tail
}

/** The z of which that is the probability, from 0 to 40; for a p of at most one half. */
export function distanceOf(p: number): number {
  let [low, high] = [0, 40]
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    if (normalBelow(-middle) > p) low = middle
    else high = middle
  }
  return low
}
