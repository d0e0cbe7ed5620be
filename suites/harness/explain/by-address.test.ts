/** `lab explain` of a machine that is reached by SSH. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Machines } from '../end-to-end/machines.ts'
import { compileHandMade, type Explained, expect, test } from './hand-made.ts'

test('a machine is looked at by SSH, once its key is known', async ({ explain }) => {
  const folder = mkdtempSync(join(tmpdir(), 'explain-by-address-'))
  const machines = await Machines.start(folder)
  try {
    await compileHandMade(folder)
    const object = join(folder, 'steer.o')
    await machines.run('dut', ['ip', 'link', 'set', 'dev', 'd0', 'xdpdrv', 'obj', object, 'sec', 'xdp'])
    const home = join(folder, 'home')
    mkdirSync(join(home, '.ssh'), { recursive: true })
    copyFileSync(join(folder, 'user_key'), join(home, '.ssh/id_ed25519'))
    const controller = [...machines.within('controller'), 'env', `HOME=${home}`]
    const words = ['--host', 'root@10.77.0.2:2222', '--json', '--for', '60s']

    copyFileSync(join(folder, 'known_hosts'), join(home, '.ssh/known_hosts'))
    const newcomer = explain([...machines.within('controller'), 'env', `HOME=${folder}`], ...words)
    const known = explain(controller, ...words)
    const declared = explain(controller, '--topology', machines.topology(), '--for', '60s')
    await Promise.all([known.watching, declared.watching])
    await machines.run('generator', [join(folder, 'send'), 't0', '30', '100', '7', '1'])
    const { code, stdout } = await known.end()
    const { losses } = JSON.parse(stdout) as Explained
    expect(losses).toMatchObject([{ reason: 'XDP_ABORTED', frames: 30, from: 'd0' }])
    expect(losses[0]!.cause).toMatch(/map \d+ tx_ports \(devmap\), which is empty/)
    expect(code).toBe(1)
    const refused = await newcomer.outcome
    expect(refused.stderr).toContain('its host key is not in')
    expect(refused.code).toBe(3)
    const said = await declared.end()
    expect(said.stdout).toMatch(/^Watching dut for 60 s/m)
    expect(said.stdout).toContain('30 frames: XDP_ABORTED, at d0')
    expect(said.code).toBe(1)
    expect(machines.processes().filter(({ name }) => name !== 'sshd')).toEqual([])
  } finally {
    await machines.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
