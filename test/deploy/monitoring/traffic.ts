import { MANY, type Shop } from './shop.ts';

/** What applications ask on a good day. */
export async function ordinaryRound({ daemon }: Shop): Promise<void> {
  const http = daemon.http();
  const paths = ['mail/token', 'shop/db', 'shop/db', 'pair/db', 'busy/quick', 'ending/db'];
  await Promise.all(paths.map((path) => http.get(`/v1/secrets/${path}`)));
  await Promise.all([
    http.get('/v1/secrets/nothing'),
    http.get('/v1/secrets/large/bundle'),
    http.get('/v1/secrets?prefix=mail'),
    http.get('/v1/metadata/mail/token'),
    http.get('/v1/versions/mail/token'),
    http.post('/v1/resolve', { text: '{{secret:mail/token}}' }),
    http.send({ method: 'DELETE', path: '/v1/cache/large/bundle' }),
    http.post('/v1/rotate/shop/app', {}),
  ]);
}

/** What they ask on a bad day; `round` makes names that are new each time. */
export async function stressfulRound(shop: Shop, round: number): Promise<void> {
  const http = shop.daemon.http();
  const numbers = Array.from({ length: 10 }, (_, index) => round * 10 + index);
  await Promise.all([
    ordinaryRound(shop),
    http.get('/v1/secrets/old/license'),
    http.get('/v1/secrets/busy/slow'),
    http.post('/v1/rotate/mail/token', {}),
    ...numbers.flatMap((number) => [
      http.get(`/v1/secrets/shop/unseen-${number}`),
      http.get(`/v1/secrets/closed/${number}`),
      http.get(`/v1/secrets/many/${number % MANY}`),
    ]),
  ]);
}
