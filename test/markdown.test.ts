import { test } from 'tap';
import { anchorsOf, codeBlocksOf, linksOf } from './markdown.ts';

const page = `# \`GET /v1\`, and more

See [one](a.md), [two](b/c.md#some-where), [here](#twice-1) and [\`code\`](d.md); not \`[x](y.md)\` nor [far](https://a.example/#z).

\`\`\`sh before
# no heading, [no](link.md)
\`\`\`

## Twice

## [Twice](a.md)
`;

test('links are found outside of code, and lead within the project', (t) => {
  t.strictSame(linksOf(page), [
    { target: 'a.md', anchor: '' },
    { target: 'b/c.md', anchor: 'some-where' },
    { target: '', anchor: 'twice-1' },
    { target: 'd.md', anchor: '' },
    { target: 'a.md', anchor: '' },
  ]);
  t.end();
});

test('anchors are those of GitHub', (t) => {
  t.strictSame([...anchorsOf(page)], ['get-v1-and-more', 'twice', 'twice-1']);
  t.end();
});

test('code blocks come with what follows their fence', (t) => {
  t.strictSame(codeBlocksOf(page), [{ info: 'sh before', text: '# no heading, [no](link.md)\n' }]);
  t.end();
});
