import { expect, test } from '@playwright/test'
import { errnoName } from '../../../lab/units/errno.ts'

/** Linux, uapi/asm-generic/errno-base.h and errno.h: every answer of the redirect path. */
const LINUX = {
  ENOENT: 2,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  EAGAIN: 11,
  ENOMEM: 12,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  ERANGE: 34,
  EBADRQC: 56,
  EOVERFLOW: 75,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  ENETDOWN: 100,
  ENOBUFS: 105,
}

for (const [name, number] of Object.entries(LINUX))
  test(`Errno ${number} is ${name}, whichever sign it comes with`, () => {
    expect(errnoName(number)).toBe(name)
    expect(errnoName(-number)).toBe(name)
  })

test('A number that is no errno is shown as it is', () => {
  expect(errnoName(999)).toBe('errno 999')
  expect(errnoName(-524)).toBe('errno 524')
})
