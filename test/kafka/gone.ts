// A topic that was deleted is there for its brokers a moment longer than for the controller that answers.
import type { Admin } from '@platformatic/kafka'

export async function gone(admin: Admin, topic: string): Promise<void> {
  while ((await admin.listTopics()).includes(topic));
}
