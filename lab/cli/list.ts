/** `lab list`: what can be run. */
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'
import { runEnvironment } from './run-options.ts'
import { chooseSuites, suiteFiles } from './suites.ts'

const RUNNER = fileURLToPath(new URL('../../node_modules/@playwright/test/cli.js', import.meta.url))
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

const Listed = z.object({
  suites: z.array(z.object({ specs: z.array(z.object({ title: z.string(), tags: z.array(z.string()) })) })),
})

export async function list(name?: string): Promise<void> {
  if (name === undefined) {
    const suites = suiteFiles()
    const width = Math.max(...suites.map((suite) => suite.name.length))
    for (const suite of suites)
      console.log(
        `${suite.name.padEnd(width)}  ${suite.about}${suite.byName ? ' (Only when it is named.)' : ''}`,
      )
    return
  }
  const [suite] = chooseSuites([name])
  const argv = [RUNNER, 'test', '--project=lab', '--list', '--reporter', 'json', `${suite!.file}$`]
  const environment = runEnvironment({ topology: '', folder: '', evidence: 'light', json: true })
  const { stdout } = await execa(process.execPath, argv, { cwd: REPOSITORY, env: environment })
  for (const { specs } of Listed.parse(JSON.parse(stdout)).suites)
    for (const { title } of specs) console.log(title)
}
