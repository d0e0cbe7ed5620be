import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, expect, put, run, test } from './sandbox.ts'

const left = { version: '1.0.0', integrity: 'sha512-left' }
const elsewhere = { version: '1.0.0', optional: true, os: ['plan9'], cpu: ['mips'] }

/** A checkout whose one package is installed. */
function installed(folder: string) {
  const root = checkout(folder)
  const manifest = { name: 'sandbox', version: '1.0.0', type: 'module', dependencies: { left: '^1.0.0' } }
  const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages })
  put(root, 'package.json', JSON.stringify(manifest))
  put(
    root,
    'package-lock.json',
    lock({ '': manifest, 'node_modules/left': left, 'node_modules/else': elsewhere }),
  )
  put(root, 'node_modules/.package-lock.json', lock({ 'node_modules/left': left }))
  put(root, 'node_modules/left/package.json', '{}')
  return { root, manifest, lock }
}

const staleness = async (root: string) => {
  const { output } = await run(root, [
    '--input-type=module',
    '--eval',
    `import { staleness } from './lab/setup/node-modules.mjs'\nconsole.log(staleness('.'))`,
  ])
  return output.trim()
}

test('packages that are as locked are current, without those of other platforms', async ({ folder }) => {
  expect(await staleness(installed(folder).root)).toBe('undefined')
})

test('a checkout without node_modules needs its packages', async ({ folder }) => {
  const { root } = installed(folder)
  rmSync(join(root, 'node_modules'), { recursive: true })
  expect(await staleness(root)).toBe('there are none')
})

test('a newly locked version is missed', async ({ folder }) => {
  const { root, manifest, lock } = installed(folder)
  put(root, 'package-lock.json', lock({ '': manifest, 'node_modules/left': { ...left, version: '1.0.1' } }))
  expect(await staleness(root)).toBe('node_modules/left changed')
})

test('a package that somebody deleted is missed', async ({ folder }) => {
  const { root } = installed(folder)
  rmSync(join(root, 'node_modules/left'), { recursive: true })
  expect(await staleness(root)).toBe('node_modules/left is gone')
})

test('a package that is no longer locked makes the rest stale', async ({ folder }) => {
  const { root, manifest, lock } = installed(folder)
  put(root, 'package-lock.json', lock({ '': manifest }))
  expect(await staleness(root)).toBe('package-lock.json changed')
})

test('a dependency that only package.json knows is left to npm to complain about', async ({ folder }) => {
  const { root, manifest } = installed(folder)
  put(
    root,
    'package.json',
    JSON.stringify({ ...manifest, dependencies: { left: '^1.0.0', right: '^1.0.0' } }),
  )
  expect(await staleness(root)).toBe('package.json changed')
})

test('an optional package made for this platform is not optional here', async ({ folder }) => {
  const { root, manifest, lock } = installed(folder)
  const native = { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] }
  put(
    root,
    'package-lock.json',
    lock({ '': manifest, 'node_modules/left': left, 'node_modules/native': native }),
  )
  expect(await staleness(root)).toBe('node_modules/native changed')
})
