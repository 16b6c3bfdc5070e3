// The steps of commit and recovery, by name, so that a simulator can stop the world at any of them.

export interface Steps {
  /** Called as a step is reached. It may never return: then the process is dead. */
  reach(label: string): void | Promise<void>
}
