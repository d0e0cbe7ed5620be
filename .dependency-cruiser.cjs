/** Imports go down the layers, siblings never meet. Skipping layers on the way down is fine. */

/** From top to bottom; folders in one row are siblings. */
const LAYERS = [
  ['suites'],
  ['fixtures', 'benchmarks'],
  ['lab/cli'],
  ['lab/record', 'lab/explain'],
  ['lab/measure'],
  ['lab/evidence'],
  ['lab/dut', 'lab/generator'],
  ['lab/provider'],
  ['lab/topology', 'lab/remote', 'lab/stats'],
  ['lab/units'],
]

/** Stands beside the layers: it runs before any npm package is there. */
const SETUP = 'lab/setup'

const inside = (folders) => `^(${folders.join('|')})/`

const downwards = LAYERS.flatMap((siblings, depth) =>
  siblings.flatMap((folder) => {
    const above = LAYERS.slice(0, depth).flat()
    const beside = siblings.filter((sibling) => sibling !== folder)
    const forbidden = [...above, ...beside]
    return forbidden.length === 0
      ? []
      : {
          name: `down-from-${folder.replace('/', '-')}`,
          comment: `${folder} imports only from below; ${forbidden.join(', ')} are above or beside it`,
          severity: 'error',
          from: { path: inside([folder]) },
          to: { path: inside(forbidden) },
        }
  }),
)

const placed = inside([...LAYERS.flat(), SETUP])

module.exports = {
  forbidden: [
    ...downwards,
    {
      name: 'every-folder-has-a-layer',
      comment: 'a new folder gets its place in LAYERS',
      severity: 'error',
      from: { path: '^(lab|suites|fixtures|benchmarks)/', pathNot: placed },
      to: {},
    },
    {
      name: 'no-folder-without-a-layer',
      comment: 'a new folder gets its place in LAYERS',
      severity: 'error',
      from: { path: '^(lab|suites|fixtures|benchmarks)/' },
      to: { path: '^lab/', pathNot: placed },
    },
    {
      name: 'no-test-runner-in-lab',
      comment:
        'lab/ is a library and a command; only fixtures/ and suites/ know the test runner and its report',
      severity: 'error',
      from: { path: '^(lab|benchmarks)/' },
      to: { path: '(^|node_modules/)(@playwright/|playwright|allure-)' },
    },
    {
      name: 'set-up-is-only-for-cli',
      comment: '`lab doctor` shows the table of requirements; nothing else needs the set-up',
      severity: 'error',
      from: { pathNot: inside([SETUP, 'lab/cli']) },
      to: { path: inside([SETUP]) },
    },
    {
      name: 'set-up-needs-nothing',
      comment: 'it runs before npm packages are there: its own files and what comes with Node',
      severity: 'error',
      from: { path: inside([SETUP]) },
      to: { pathNot: inside([SETUP]), dependencyTypesNot: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)build/' },
    tsPreCompilationDeps: true, // an import of a type is an import
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
