import { constants } from 'node:os'

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))
// Two names for one number: Linux defines EWOULDBLOCK as EAGAIN.
names.set(11, 'EAGAIN')
// Not in Node's table, but answers of the redirect path (kernel/bpf, net/xdp; uapi/asm-generic/errno.h).
names.set(56, 'EBADRQC')
names.set(100, 'ENETDOWN')
names.set(105, 'ENOBUFS')

/** uapi/asm-generic/errno.h */
export const EOPNOTSUPP = 95

/** Name of an errno, positive or negative as the kernel returns it; `errno 999` where Linux has no such name. */
export function errnoName(errno: number): string {
  return names.get(Math.abs(errno)) ?? `errno ${Math.abs(errno)}`
}
