import { expect, test } from '@playwright/test'
import { parsePerfScript } from '../../../lab/evidence/perf-script.ts'

const parse = (text: string, ifindexes: ReadonlySet<number>) => parsePerfScript(text.split('\n'), ifindexes)
const OURS = new Set([437_839_220, 437_839_222])

/** perf 6.1 on Linux 6.18, `-F comm,cpu,time,event,trace`, as recorded on a bed of veth ports. */
const RECORDED = `
 agent-7eb36cf2b [001]  1852.791676:    xdp:xdp_devmap_xmit: ndo_xdp_xmit from_ifindex=437839220 to_ifindex=437839222 action=REDIRECT sent=16 drops=0 err=0
 agent-7eb36cf2b [001]  1852.791761:    xdp:xdp_devmap_xmit: ndo_xdp_xmit from_ifindex=437839220 to_ifindex=437839222 action=REDIRECT sent=10 drops=6 err=0
     ksoftirqd/1 [001]  1852.791800:    xdp:xdp_devmap_xmit: ndo_xdp_xmit from_ifindex=437839220 to_ifindex=437839222 action=REDIRECT sent=0 drops=3 err=-6
 agent-2efee38ad [000]  2368.610300:   xdp:xdp_redirect_err: prog_id=8498 action=REDIRECT ifindex=437839220 to_ifindex=0 err=-105 map_id=2528 map_index=0
 agent-2efee38ad [000]  2368.610304:   xdp:xdp_redirect_err: prog_id=8498 action=REDIRECT ifindex=437839220 to_ifindex=0 err=-105 map_id=2528 map_index=0
 agent-2efee38ad [000]  2368.610310:   xdp:xdp_redirect_err: prog_id=8498 action=REDIRECT ifindex=437839220 to_ifindex=437839222 err=-100 map_id=2147483647 map_index=437839222
 agent-2efee38ad [000]  2368.610320:      xdp:xdp_exception: prog_id=8498 action=ABORTED ifindex=437839220
 agent-7eb36cf2b [001]  2087.555675: xdp:xdp_cpumap_enqueue: enqueue cpu=1 map_id=1163 action=REDIRECT processed=8 drops=2 to_cpu=1
 agent-7eb36cf2b [001]  2087.555682: xdp:xdp_cpumap_enqueue: enqueue cpu=1 map_id=1163 action=REDIRECT processed=1 drops=0 to_cpu=1
        kthreadd [001]  2087.555728: xdp:xdp_cpumap_kthread: kthread cpu=1 map_id=1163 action=REDIRECT processed=8 drops=0 sched=1 xdp_pass=0 xdp_drop=0 xdp_redirect=8
`

test('perf’s own words are added up to the sums that bpftrace counts', () => {
  expect(parse(RECORDED, OURS)).toEqual({
    redirectErrors: { 105: 2, 100: 1 },
    exceptions: { ABORTED: 1 },
    devmap: {
      bulks: 3,
      sent: 26,
      drops: 9,
      dropped: [
        { fromIfindex: 437_839_220, errno: 0, frames: 6 },
        { fromIfindex: 437_839_220, errno: 6, frames: 3 },
      ],
    },
    enqueues: { 1163: { processed: 9, drops: 2 } },
    kthreads: { 1163: { processed: 8, drop: 0 } },
    lost: 0,
    unread: 0,
    events: 10,
    repeated: 0,
  })
})

test('A sample that came again is not counted again; the same words on another CPU or a nanosecond later are', () => {
  const at = (cpu: number, time: string) =>
    ` agent [00${cpu}] ${time}: xdp:xdp_exception: prog_id=8498 action=ABORTED ifindex=437839220`
  const lines = [
    at(0, '2368.610320001'),
    at(1, '2368.610320001'),
    at(0, '2368.610320001'),
    at(0, '2368.610320002'),
    at(1, '2368.610320001'),
  ]
  expect(parsePerfScript(lines, OURS)).toMatchObject({ exceptions: { ABORTED: 3 }, events: 3, repeated: 2 })
})

test('Events of ports outside of the bed are left out; those of cpumaps name no port and stay', () => {
  const { events, devmap, redirectErrors, exceptions } = parse(RECORDED, new Set([1]))
  expect({ events, devmap, redirectErrors, exceptions }).toEqual({
    events: 3,
    devmap: { bulks: 0, sent: 0, drops: 0, dropped: [] },
    redirectErrors: {},
    exceptions: {},
  })
})

test('A bulk counts whether it came from a port of the bed or went to one', () => {
  expect(parse(RECORDED, new Set([437_839_222])).devmap.bulks).toBe(3)
  expect(parse(RECORDED, new Set([437_839_220])).devmap.bulks).toBe(3)
})

test('A port whose number is part of another’s is another port', () => {
  expect(parse(RECORDED, new Set([43, 437_839, 0, 16])).devmap.bulks).toBe(0)
})

test('Errors of maps, which kernels before 6.17 tell of on their own, are counted with the others', () => {
  const text = `
            ping  1200 [001] 100.123456: xdp:xdp_redirect_map_err: prog_id=3 action=REDIRECT ifindex=437839220 to_ifindex=0 err=-22 map_id=5 map_index=7
          <idle>     0 [003] 100.123457: xdp:xdp_redirect_err: prog_id=3 action=REDIRECT ifindex=437839220 to_ifindex=9 err=-22 map_id=0 map_index=0
`
  expect(parse(text, OURS)).toMatchObject({ redirectErrors: { 22: 2 }, events: 2 })
})

test('Fields that a later kernel adds, and their order, do not matter', () => {
  const text =
    ' napi/d0-12 [000] 9.1: xdp:xdp_devmap_xmit: ndo_xdp_xmit drops=1 sent=4 err=-5 queue=3 to_ifindex=1 from_ifindex=437839220 action=REDIRECT'
  expect(parse(text, OURS).devmap).toEqual({
    bulks: 1,
    sent: 4,
    drops: 1,
    dropped: [{ fromIfindex: 437_839_220, errno: 5, frames: 1 }],
  })
})

for (const [what, line] of [
  ['perf 6.1 prints', '              dd [000]  2754.407482: PERF_RECORD_LOST lost 234'],
  ['perf prints with an event’s id', '0 0 0xb68 [0x30]: PERF_RECORD_LOST: id:984: lost:234'],
  ['perf prints of samples', '0 0 0xb681c88 [0x30]: PERF_RECORD_LOST_SAMPLES: id:984: lost samples :234'],
] as const)
  test(`Events lost, as ${what} them, are counted and are no events`, () => {
    expect(parse(`${RECORDED}${line}\n${line}\n`, OURS)).toMatchObject({ lost: 468, events: 10 })
  })

test('A file that perf could not read holds nobody knows how many events', () => {
  const line = 'UNREAD: perf script ended with exit code 242: failed to process type: 17'
  expect(parse(`${RECORDED}${line}\n`, OURS)).toMatchObject({ lost: 0, unread: 1, events: 10 })
})

test('No text is no events, and a line cut short by a crash is not fatal', () => {
  expect(parse('', OURS).events).toBe(0)
  expect(parse(' dd [000] 9.1: xdp:xdp_devmap_xmit: ndo_xdp_xmit from_ifindex=4378392', OURS).events).toBe(0)
})
