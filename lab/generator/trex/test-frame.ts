/**
 * The lab's test frame (lab/agent/bpf/frame.h) as TRex sends it: a template, and the variables that TRex counts up and
 * writes into each copy of it.
 *
 * The mark ends with a check over flow, length, sequence and time of sending, which TRex cannot compute. It need not:
 * the time is one of the numbers, and nobody reads it off these frames. So it is made to count up with the sequence in
 * such a way that the check comes to 0 in every frame.
 */

/** lab_check() in lab/agent/bpf/frame.h multiplies the sequence by this. */
const CHECK_FACTOR = 0x9e3779b9n
const SIGNATURE_AT = 42
const SEQUENCE_AT = 46
const TIME_AT = 50
const FIRST_PORT = 0x4000
const DISCARD_PORT = 9
const SOURCE = [198, 18, 0, 1]
const DESTINATION = [198, 19, 0, 1]
const ETHERNET_BYTES = 14
const IP_BYTES = 20

export interface FrameOf {
  /** Bytes without FCS, 60 at least. */
  readonly length: number
  /** MAC addresses, like 02:00:00:00:00:01. */
  readonly to: string
  readonly from: string
  readonly signature: number
  readonly flow: number
}

/** A number in little endian that grows by `step` from frame to frame. In decimal digits: a double does not hold all of them. */
export interface Variable {
  readonly at: number
  readonly bytes: 4 | 8
  readonly first: string
  readonly step: string
  /** It never gets there. */
  readonly last: string
}

export function testFrame({ length, to, from, signature, flow }: FrameOf): Buffer {
  const frame = Buffer.alloc(length)
  frame.set(macBytes(to), 0)
  frame.set(macBytes(from), 6)
  frame.writeUInt16BE(0x0800, 12)
  const ip = frame.subarray(ETHERNET_BYTES)
  ip.set([0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, ...SOURCE, ...DESTINATION])
  ip.writeUInt16BE(length - ETHERNET_BYTES, 2)
  ip.writeUInt16BE(checksum(ip.subarray(0, IP_BYTES)), 10)
  const udp = ip.subarray(IP_BYTES)
  udp.writeUInt16BE(FIRST_PORT + flow, 0)
  udp.writeUInt16BE(DISCARD_PORT, 2)
  // UDP over IPv4 may go without a checksum (RFC 768).
  udp.writeUInt16BE(length - ETHERNET_BYTES - IP_BYTES, 4)
  frame.writeUInt32LE(signature, SIGNATURE_AT)
  return frame
}

/**
 * What makes copies of the template frames with a mark of their own.
 * @param first sequence of the first frame; each further one is `stride` higher.
 * @param count frames.
 */
export function marking(
  { length, signature, flow }: FrameOf,
  first: number,
  stride: number,
  count: number,
): Variable[] {
  const counting = (from: bigint, step: bigint) => ({
    first: String(from),
    step: String(step),
    last: String(from + step * BigInt(count + 1)),
  })
  const time = BigInt(signature + flow * 2 ** 16 + length) + BigInt(first) * CHECK_FACTOR
  return [
    { at: SEQUENCE_AT, bytes: 4, ...counting(BigInt(first), BigInt(stride)) },
    { at: TIME_AT, bytes: 8, ...counting(time, BigInt(stride) * CHECK_FACTOR) },
  ]
}

/** A frame that is nobody's test frame: of the EtherType for local experiments (IEEE 802), and empty. */
export function strangeFrame({ to, from }: Pick<FrameOf, 'to' | 'from'>): Buffer {
  const frame = Buffer.alloc(60)
  frame.set(macBytes(to), 0)
  frame.set(macBytes(from), 6)
  frame.writeUInt16BE(0x88b5, 12)
  return frame
}

function macBytes(mac: string): number[] {
  return mac.split(':').map((byte) => Number.parseInt(byte, 16))
}

/** RFC 791 §3.1. */
function checksum(header: Buffer): number {
  let sum = 0
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at)
  sum = (sum & 0xffff) + (sum >> 16)
  return ~(sum + (sum >> 16)) & 0xffff
}
