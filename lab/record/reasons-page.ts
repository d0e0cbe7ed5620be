/** Every reason for which a frame may be lost, as a page (docs/drops.md). */
import { type Reason, REASONS, STAGE_EVIDENCE, STAGE_MEANING, STAGES } from '../measure/reasons.ts'

const HEAD = `# Why a redirected frame is lost

<!-- Made by \`npm run docs:drops\` from lab/measure/reasons.ts. -->

On its way through the DUT a frame is lost at exactly one of these stages, in this order. \`npx lab run drops\` causes
each condition that one machine can produce, and claims that it is named so and counted to the frame.`

export function reasonsPage(): string {
  const stages = STAGES.map((stage) => {
    const rows = REASONS.filter((row) => row.stage === stage)
    return [
      `## ${stage}`,
      `${sentence(STAGE_MEANING[stage])} Told by: ${STAGE_EVIDENCE[stage]}.`,
      ...rows.map(rowText),
    ].join('\n\n')
  })
  return `${[HEAD, ...stages].join('\n\n')}\n`
}

function rowText({ name, targets, meaning, cause, try: remedy, where }: Reason): string {
  return [
    `### ${name}${targets === undefined ? '' : ` (${targets.join(', ')})`}`,
    '',
    sentence(meaning),
    '',
    `- Likely: ${cause}.`,
    `- Try: ${remedy}.`,
    `- Decided in: \`${where}\`.`,
  ].join('\n')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
