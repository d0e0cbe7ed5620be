/** What the machine or the program is to blame for: one message that names the cause and the remedy. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AS_NOBODY, expect, expectReadable, REPOSITORY, RESULTS, test } from './lab-command.ts'
import { compile, READS_PAST_THE_END } from './own-program.ts'

/** A shell in a mount namespace of its own, which makes its changes there and becomes the command. */
const changed = (script: string) => [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-ec',
  `${script}\nexec "$@"`,
  'sh',
]

test('without root no lab is made, and the message says what to do', async ({ lab }) => {
  const within = [...changed(`mount -t tmpfs -o mode=1777 tmpfs ${RESULTS}`), ...AS_NOBODY]
  const outcome = await lab(['run', 'devmap', '--size', '64'], { within })
  expectReadable(outcome)
  expect(outcome.stderr).toBe(
    'the virtual lab cannot be had: it makes network namespaces: run as root, or with sudo\n',
  )
  expect(outcome.code).toBe(3)
})

test('results that may not be written are said to be so', async ({ lab }) => {
  const outcome = await lab(['run', 'devmap', '--size', '64'], { within: AS_NOBODY })
  expectReadable(outcome)
  expect(outcome.stderr).toContain(`${RESULTS} cannot be written (EACCES): make it yours`)
  expect(outcome.code).toBe(3)
})

test('without bpftrace on the DUT the run ends at its first test and says how to install it', async ({
  lab,
  folder,
}) => {
  const programs = join(folder, 'bin')
  mkdirSync(programs)
  const without = `mount --bind /usr/bin /mnt
ln -s /mnt/* ${programs}
rm ${programs}/bpftrace
mount --bind ${programs} /usr/bin`
  const outcome = await lab(['run', 'devmap', '--size', '64', '--no-report'], { within: changed(without) })
  expectReadable(outcome)
  expect(outcome.stdout + outcome.stderr).toContain(
    'bpftrace on dut cannot be had: it is not installed there; on Debian: apt-get install bpftrace',
  )
  expect((outcome.stdout + outcome.stderr).match(/apt-get install bpftrace/g)).toHaveLength(1)
  expect(outcome.code).toBe(3)
})

test('a program that the verifier refuses fails its test with the verifier’s last words', async ({
  lab,
  folder,
}) => {
  const program = await compile(folder, 'reads-past-the-end', READS_PAST_THE_END)
  const outcome = await lab([
    ...['run', 'devmap', '--size', '64', '--mode', 'native', '--no-report', '--evidence', 'light'],
    ...['--program', program],
  ])
  expectReadable(outcome)
  expect(outcome.stdout).toContain('invalid access to packet')
  expect(outcome.stdout).toContain('0 passed, 1 failed')
  expect(outcome.code).toBe(1)
})

test('a file that is no program fails with words about the file', async ({ lab }) => {
  const outcome = await lab([
    ...['run', 'devmap', '--size', '64', '--mode', 'native', '--no-report', '--evidence', 'light'],
    ...['--program', join(REPOSITORY, 'package.json')],
  ])
  expectReadable(outcome)
  expect(outcome.stdout + outcome.stderr).toContain('package.json')
  expect(outcome.code).not.toBe(0)
})
