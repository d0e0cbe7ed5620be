import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, test } from '@playwright/test'
import { isStale, ownName } from '../../../../lab/generator/trex/owner.ts'

test('The ports of a run that lives are its own', () => {
  expect(ownName()).toMatch(/^redirect-lab \S+@\S+ \d+\/\d+$/)
  expect(isStale(ownName())).toBe(false)
})

test('The ports of a run that is gone are free to take, also when its number belongs to somebody else by now', async () => {
  const gone = spawn('true')
  await once(gone, 'exit')
  expect(isStale(`redirect-lab root@${hostname()} ${gone.pid!}/12345`)).toBe(true)
  expect(isStale(ownName().replace(/\d+$/, '1')), 'same number, other start').toBe(true)
})

test('A stranger’s ports, and those of a run on another machine, are nobody’s to take', () => {
  for (const owner of ['bob', '', 'redirect-lab root@elsewhere 1/1', `redirect-lab ${hostname()}`])
    expect(isStale(owner), owner).toBe(false)
})
