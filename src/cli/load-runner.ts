// Finds the function behind a command in src/runner/commands/, and loads no other.
import { ConnectorError } from '../base/errors.ts'
import { ownModule } from '../base/own-modules.ts'
import type { Runner } from '../contracts/commands.ts'

const FILES: Readonly<Record<keyof Runner, string>> = {
  run: 'run-command',
  plan: 'plan-command',
  dataset: 'dataset-command',
  exportModel: 'export-model-command',
  evaluate: 'evaluate-command',
  listTopics: 'topics-command',
  describeTopic: 'describe-topic-command',
  tailTopic: 'topics-command',
  writeTopic: 'write-topic-command',
  importFiles: 'import-command',
  exportTopic: 'export-command',
  listDeadLetters: 'dead-letters-command',
  retryDeadLetters: 'dead-letters-command',
  explain: 'explain-command',
  replay: 'replay-command',
  rescale: 'rescale-command',
  resume: 'resume-command',
  status: 'status-command',
  watchStatus: 'status-command',
  backup: 'backup-command',
  verify: 'verify-command',
  restore: 'restore-command',
}

export async function loadRunner<Name extends keyof Runner>(name: Name): Promise<Runner[Name]> {
  const url = ownModule(`runner/commands/${FILES[name]}`)
  const module: Readonly<Partial<Runner>> = await import(url.href)
  const found = module[name]
  if (found === undefined) {
    throw new ConnectorError(
      'ML_DEPENDENCY',
      `${url.pathname} must export ${name}; found no such export`,
    )
  }
  return found
}
