/** `npm start`: the set-up, then `lab run`, on the virtual lab unless told otherwise after `--`. */

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './child.mjs'
import { setUpOrExit } from './setup.mjs'

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

async function start() {
  await setUpOrExit({ quiet: true })
  const given = process.argv.slice(2)
  const args = given.length > 0 ? given : ['--topology', 'topologies/local.yaml']
  const lab = join(repository, 'lab', 'cli', 'lab.mjs')
  process.exitCode = await runChild(process.execPath, [lab, 'run', ...args], { cwd: repository })
}

void start()
