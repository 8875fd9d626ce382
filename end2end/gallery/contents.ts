import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const FOLDER = path.resolve(__dirname, '../../target/gallery');

/** A page with all of the pictures: one line a state, to be looked along. */
export default async function contents(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const pictures = (await readdir(FOLDER)).filter((name) => name.endsWith('.png')).sort();
  const states = new Map<string, string[]>();
  for (const picture of pictures) {
    const state = picture.replace(/-(phone|desktop)-(light|dark)-(ru|en)\.png$/, '');
    states.set(state, [...(states.get(state) ?? []), picture]);
  }
  const lines = [...states].map(
    ([state, these]) => `<section id="${state}"><h2>${state}</h2><div>${these.map(figure).join('')}</div></section>`,
  );
  const links = [...states.keys()].map((state) => `<a href="#${state}">${state}</a>`).join(' ');
  await writeFile(path.join(FOLDER, 'index.html'), PAGE.replace('LINKS', links).replace('STATES', lines.join('\n')));
  console.log(`${pictures.length} pictures: ${path.relative(process.cwd(), path.join(FOLDER, 'index.html'))}`);
}

function figure(picture: string): string {
  return `<a href="${picture}"><figure><img src="${picture}" loading="lazy" alt=""><figcaption>${picture}</figcaption></figure></a>`;
}

const PAGE = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Digital messages: every page</title>
<style>
  body { margin: 1rem; background: #777; color: #fff; font: 0.8rem system-ui, sans-serif; }
  a { color: inherit; }
  nav { line-height: 2; }
  section > div { display: flex; gap: 1rem; overflow-x: auto; padding-bottom: 1rem; }
  figure { margin: 0; }
  img { display: block; height: 30rem; }
</style>
<h1>Every page</h1>
<nav>LINKS</nav>
STATES
</html>
`;
