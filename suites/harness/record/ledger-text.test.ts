import { expect, test } from '@playwright/test'
import { cellOutcome } from '../../../lab/record/cell.ts'
import { escapeHtml, htmlTable } from '../../../lab/record/html.ts'
import { agreementText, ledgerText } from '../../../lab/record/ledger-text.ts'
import { evidenceHtml, ledgerHtml } from '../../../lab/record/trial-html.ts'
import { trialOf } from '../measure/trials.ts'

const NATIVE = { target: 'devmap', mode: 'native' } as const
/** What no text from a machine may do to a page. */
const NASTY = `<script>alert("x")</script> & 'more'`

test('A ledger without losses is its stages and four numbers', () => {
  expect(
    ledgerText(trialOf(NATIVE))
      .split('\n')
      .map((line) => line.trimStart().replace(/\s+/g, ' ')),
  ).toEqual([
    'devmap, linear frames of 64 bytes, native',
    'offered 1,000',
    'into ingress 1,000 the receive ring of the DUT’s ingress port, before XDP',
    'into program 1,000 the program’s own answer',
    'into redirect 1,000 xdp_do_redirect(): lookup and enqueue',
    'into flush 1,000 xdp_do_flush(): the bulk handed to the target',
    'into egress 1,000 the program on a devmap’s entry',
    'into wire 1,000 behind the redirect: target port, cable, receiver',
    'received 1,000',
    'unexplained 0',
  ])
})

test('A ledger of one of two directions says which', () => {
  const trial = trialOf(NATIVE)
  const back = { ...trial, redirect: { ...trial.redirect, from: 'egress', to: 'ingress' } }
  expect(ledgerText(back)).toMatch(/^devmap, linear frames of 64 bytes, native, egress to ingress\n/)
  expect(ledgerHtml(back)).toContain('native, egress to ingress')
  expect(cellOutcome(back).way).toEqual({ from: 'egress', to: 'ingress' })
  expect(cellOutcome(trial)).not.toHaveProperty('way')
})

test('A loss stands at its stage, with who saw it, what it means and what to try', () => {
  const text = ledgerText(trialOf(NATIVE, { redirect: { ENETDOWN: 10 } }))
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.includes('lost: ENETDOWN'))
  expect(lines[at - 1]).toContain('into redirect')
  expect(lines[at]).toMatch(/lost: ENETDOWN\s+10 {2}seen by xdp_redirect_err$/)
  expect(lines[at + 1]).toContain('the target port is down (xdp_ok_fwd_dev).')
  expect(lines[at + 2]).toContain('Likely: nobody brought it up')
  expect(lines[at + 3]).toContain('Try: ip link set dev PORT up.')
  expect(lines[at + 4]).toMatch(/into flush\s+990/)
})

test('A loss that no row describes is shown without words', () => {
  const lines = ledgerText(trialOf(NATIVE, { xmit: { ENOBUFS: 16 } })).split('\n')
  const at = lines.findIndex((line) => line.includes('lost: ENOBUFS'))
  expect(lines[at + 1]).toContain('into egress')
})

test('What is unexplained is the last line, and numbers end in one column', () => {
  const lines = ledgerText(
    trialOf({ ...NATIVE, offered: 12_345_678 }, { ringFull: 5 }, { frames: 12_345_670 }),
  ).split('\n')
  expect(lines.at(-1)).toMatch(/unexplained\s+3$/)
  const ends = lines.slice(1).flatMap((line) => /^ .{33,}?\d(?= {2}|$)/.exec(line)?.[0].length ?? [])
  expect(ends.length).toBeGreaterThan(8)
  expect(new Set(ends).size).toBe(1)
})

test('Of a broadcast the copies due are told', () => {
  expect(ledgerText(trialOf({ ...NATIVE, copies: 2 }))).toMatch(/offered\s+1,000 {2}2 copies due of each/)
})

test('Each agreement is a line that says who counted what', () => {
  const trial = trialOf(NATIVE)
  const ledger = {
    ...trial.ledger,
    agreements: [
      {
        what: 'bulks',
        counts: [
          ['bpftrace', 1500],
          ['perf', 1500],
        ],
        agree: true,
      },
      {
        what: 'frames',
        counts: [
          ['bpftrace', 1500],
          ['perf', 1499],
        ],
        agree: false,
      },
    ] as const,
  }
  expect(agreementText({ ...trial, ledger }).split('\n')).toEqual([
    '  agree    bulks: bpftrace 1,500, perf 1,500',
    '  DISAGREE frames: bpftrace 1,500, perf 1,499',
  ])
})

test('Text in HTML is text', () => {
  expect(escapeHtml(NASTY)).toBe(`&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; 'more'`)
  expect(escapeHtml('&lt;')).toBe('&amp;lt;')
  expect(htmlTable([NASTY], [[NASTY, 5]])).not.toContain('<script')
})

test('Numbers of a table are grouped and set to the right', () => {
  expect(htmlTable(['frames'], [[1_234_567]])).toMatch(
    /<td style="[^"]*text-align:right[^"]*">1,234,567<\/td>/,
  )
})

test('Nothing that a machine says becomes a tag of the report', () => {
  const trial = trialOf(NATIVE, { redirect: { ENETDOWN: 10 } })
  const nasty = {
    ...trial,
    receivers: [NASTY],
    ledger: {
      ...trial.ledger,
      lost: [{ stage: 'redirect' as const, reason: NASTY, count: 1, seenBy: NASTY }],
      agreements: [{ what: NASTY, counts: [[NASTY, 1]] as const, agree: true }],
    },
    evidence: {
      ...trial.evidence,
      counters: { [NASTY]: { [NASTY]: 1 } },
      kernelLog: [NASTY],
      observation: { ...trial.evidence.observation, probes: { [NASTY]: 1 } },
    },
  }
  for (const html of [ledgerHtml(nasty), evidenceHtml(nasty)]) {
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toContain('<script')
  }
})

test('The report’s ledger has what the text has', () => {
  const html = ledgerHtml(trialOf({ ...NATIVE, copies: 2 }, { redirect: { ENETDOWN: 10 } }))
  for (const words of [
    '2,000 copies due',
    'lost: ENETDOWN',
    'the target port is down',
    'Try: ip link set dev PORT up.',
    'unexplained',
  ])
    expect(html).toContain(words)
})

test('The report’s evidence names ports by interface and role, errnos by name, and leaves empty tables out', () => {
  const trial = trialOf(NATIVE, { redirect: { ENETDOWN: 10 }, refused: 3 })
  const ports = { egress: { ifindex: 102, interface: 'd1' } } as unknown as typeof trial.ports
  const html = evidenceHtml({ ...trial, ports })
  expect(html).toContain('d1 (egress)')
  expect(html).toContain('ifindex 101')
  expect(html).toContain('ENETDOWN')
  expect(html).toContain('Bulks handed to ports')
  expect(html).not.toContain('kernel log')
})
