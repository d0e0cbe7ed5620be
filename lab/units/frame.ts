/**
 * What a frame is and what it costs on the wire.
 *
 * A frame's size is that of RFC 2544: with the 4-byte FCS, without preamble and gap. The kernel never sees
 * the FCS, so a 64-byte frame is 60 bytes in an xdp_buff.
 */

import type { Branded } from './branded.ts'

/** Frame size in bytes, FCS included (RFC 2544 §9). */
export type FrameSize = Branded<number, 'FrameSize'>
/** Frames per second. */
export type FrameRate = Branded<number, 'FrameRate'>
/** Bits per second on the wire (layer 1). */
export type BitRate = Branded<number, 'BitRate'>

export const FRAME_KINDS = ['linear', 'non-linear'] as const
/** linear: one buffer; non-linear: a multi-buffer frame (head and fragments, `xdp.frags`). */
export type FrameKind = (typeof FRAME_KINDS)[number]

/** The longest frame that every driver holds in one buffer: what an MTU of 1500 lets through. */
export const LARGEST_LINEAR = 1518
export const FCS_BYTES = 4
const ETHERNET_HEADER_BYTES = 14
/** Preamble and start of frame (8) and minimum inter-frame gap (12): IEEE 802.3. */
const GAP_BYTES = 20
const SMALLEST = 64
const LARGEST = 65_535

/** @throws RangeError unless a whole number of 64 to 65,535 bytes. */
export function frameSize(bytes: number): FrameSize {
  if (!Number.isInteger(bytes) || bytes < SMALLEST || bytes > LARGEST)
    throw new RangeError(
      `a frame size is a whole number of ${SMALLEST} to ${LARGEST} bytes, FCS included; got ${bytes}`,
    )
  return bytes as FrameSize
}

/** Frames per second. @throws RangeError unless positive and finite. */
export function framesPerSecond(rate: number): FrameRate {
  if (!Number.isFinite(rate) || rate <= 0) throw new RangeError(`a frame rate is above zero; got ${rate}`)
  return rate as FrameRate
}

/** Gigabits per second. @throws RangeError unless positive and finite. */
export function gbps(rate: number): BitRate {
  if (!Number.isFinite(rate) || rate <= 0) throw new RangeError(`a bit rate is above zero; got ${rate}`)
  return (rate * 1e9) as BitRate
}

/** A line speed as topologies say it: `100Gbps`, `2.5Gbps`, `100Mbps`. @throws RangeError for anything else, and for 0. */
export function bitRate(speed: string): BitRate {
  const [, value, unit] = /^(\d+(?:\.\d+)?)([MG])bps$/.exec(speed) ?? []
  return gbps(unit === 'M' ? Number(value) / 1000 : Number(value))
}

/** Bytes of the frame as the kernel sees it: without the FCS. */
export const kernelBytes = (size: FrameSize): number => size - FCS_BYTES

/** Smallest MTU in bytes that lets the frame pass untagged. */
export const mtuFor = (size: FrameSize): number => kernelBytes(size) - ETHERNET_HEADER_BYTES

/** Bytes that the frame takes on the wire, with preamble and gap. */
export const onTheWire = (size: FrameSize): number => size + GAP_BYTES

/** Most frames of this size a second that a line of this speed carries. */
export const lineRate = (size: FrameSize, speed: BitRate): FrameRate =>
  framesPerSecond(speed / (8 * onTheWire(size)))
