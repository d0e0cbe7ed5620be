/** Which way frames go through the DUT, in words. */
import type { RedirectSpec } from '../dut/redirect.ts'

export interface Way {
  /** Roles of the DUT's ports. */
  readonly from: string
  readonly to: string
}

/** Of a redirect that names both its ports; undefined for the usual way, which goes without saying. */
export function wayOf({ from, to }: Pick<RedirectSpec, 'from' | 'to'>): Way | undefined {
  return from === undefined || to === undefined ? undefined : { from, to }
}

export const wayText = ({ from, to }: Way): string => `${from} to ${to}`

/** What a trial is of, besides its frames: `native`, or `native, egress to ingress`. */
export function modeAndWay(redirect: Pick<RedirectSpec, 'mode' | 'from' | 'to'>): string {
  const way = wayOf(redirect)
  return way ? `${redirect.mode}, ${wayText(way)}` : redirect.mode
}
