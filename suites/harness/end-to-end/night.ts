/** What a night left behind: its record, its words, and the results of its report. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NightRecord } from '../../../lab/record/night/night.ts'

interface Result {
  readonly name: string
  readonly status: string
  readonly statusDetails?: { readonly message?: string }
}

export function nightIn(results: string) {
  const name = readdirSync(results).find((one) => existsSync(join(results, one, 'night.json')))!
  const folder = join(results, name)
  const allure = join(folder, 'allure-results')
  return {
    record: NightRecord.parse(JSON.parse(readFileSync(join(folder, 'night.json'), 'utf8'))),
    text: readFileSync(join(folder, 'night.txt'), 'utf8'),
    results: readdirSync(allure)
      .filter((file) => file.endsWith('-result.json'))
      .map((file) => JSON.parse(readFileSync(join(allure, file), 'utf8')) as Result),
  }
}
