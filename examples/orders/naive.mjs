// An order service as one writes it on a good day. Each of its two habits fails on a bad one:
// the password of the database is read once and kept, and the key of the payments is asked of the store for each order.

/** @param {{ keyfob: string, database: { insert(password: string): Promise<void> }, payments: { charge(key: string): Promise<void> } }} parts */
export async function createNaiveOrders({ keyfob, database, payments }) {
  const password = await read(keyfob, 'db/password');
  return {
    async place() {
      await payments.charge(await read(keyfob, 'payments/key?fresh=true'));
      await database.insert(password);
    },
  };
}

async function read(keyfob, target) {
  const answer = await fetch(`${keyfob}/v1/secrets/${target}`, { headers: { accept: 'text/plain' } });
  if (!answer.ok) throw new Error(`no secret: ${answer.status}`);
  return answer.text();
}
