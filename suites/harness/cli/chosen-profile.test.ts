import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { chosenProfile } from '../../../lab/cli/chosen-profile.ts'
import { chooseSuites } from '../../../lab/cli/suites.ts'
import type { Topology } from '../../../lab/topology/schema.ts'

const generator = (more: object) => ({ generator: { kind: 'trex', ...more } }) as unknown as Topology
const PROFILE = chooseSuites(['profile'])
const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-profile-'))
const [asked, declared] = ['asked.py', 'declared.yaml'].map((name) => join(folder, name)) as [string, string]
for (const path of [asked, declared]) writeFileSync(path, '')
test.afterAll(() => rmSync(folder, { recursive: true }))

test('The command’s profile comes before the topology’s, and without either it is the mix', () => {
  expect(chosenProfile(PROFILE, generator({ profile: declared }), asked)).toBe(asked)
  expect(chosenProfile(PROFILE, generator({ profile: declared }), undefined)).toBe(declared)
  expect(chosenProfile(PROFILE, generator({}), undefined)).toBeUndefined()
  expect(chosenProfile(chooseSuites(['devmap']), generator({ profile: declared }), undefined)).toBeUndefined()
})

for (const [path, why] of [
  [join(folder, 'nowhere.py'), `there is no profile ${join(folder, 'nowhere.py')}`],
  [join(folder, 'a.b.py'), 'no other dot in its name'],
  [join(folder, 'asked.pcap'), 'a profile is a file NAME.py or NAME.yaml'],
  [folder, 'a profile is a file'],
] as const)
  test(`${path.slice(folder.length) || 'A folder'} is refused as a profile`, () => {
    expect(() => chosenProfile(PROFILE, generator({}), path)).toThrow(why)
  })

test('A profile is for one suite, and for TRex', () => {
  expect(() => chosenProfile(chooseSuites(['devmap']), generator({}), asked)).toThrow(
    `--profile is for the suite profile: lab run profile --profile ${asked}`,
  )
  expect(() => chosenProfile(PROFILE, generator({ kind: 'soft' }), asked)).toThrow(
    'needs a generator of kind trex',
  )
})
