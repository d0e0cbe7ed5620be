/** The figures of a comparison as one picture. */
import { drawQualification, type QualificationRow } from './charts/qualification.ts'
import type { Comparison } from './compare/comparison.ts'
import { cellText, quantityName } from './compare/words.ts'
import type { RunEnvironment } from './environment.ts'
import { QUANTITIES } from './measurement.ts'

/** Rates only, of which more is better: a picture has one direction. @returns undefined without any. */
export async function qualificationPicture(
  { sides, performance, margin, confidence }: Comparison,
  environment: RunEnvironment,
): Promise<string | undefined> {
  const rows = performance.rows.flatMap((row): QualificationRow[] => {
    const { verdict } = row.judgement
    if (verdict === 'shown' || QUANTITIES[row.quantity].better !== 'higher') return []
    const { shift, lower, upper } = row
    return [{ name: `${cellText(row)} ${quantityName(row)}`, shift, lower, upper, verdict }]
  })
  if (rows.length === 0) return undefined
  return drawQualification({
    heading: { subject: `${sides.B.name} against ${sides.A.name}`, environment },
    rows,
    margin,
    confidence,
    better: 'higher',
  })
}
