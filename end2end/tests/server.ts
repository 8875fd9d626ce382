import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(__dirname, '../..');
const program = path.join(root, 'target/release/digital-messages');

const START_MS = 10_000;
const STOP_MS = 5_000;

/** A messenger of the tests' own: the real program, on a free port, with an empty database. */
export class Server {
  /** Such as `http://127.0.0.1:40123`. Stays the same when the server is stopped and started again. */
  address = '';
  readonly databaseUrl: string;
  private child?: ChildProcess;
  private readonly lines: string[] = [];
  private deploys = 0;

  private constructor(
    private readonly folder: string,
    private readonly env: Record<string, string>,
  ) {
    this.env = { ...env };
    this.databaseUrl = `sqlite://${path.join(folder, 'messages.db')}`;
  }

  static async create(env: Record<string, string>): Promise<Server> {
    const server = new Server(await mkdtemp(path.join(tmpdir(), 'digital-messages-')), env);
    try {
      await server.start();
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** What the server printed, from all of its starts. */
  get log(): string {
    return this.lines.join('\n');
  }

  /** Also for tests of what people see when the server goes away and comes back. */
  async start(): Promise<void> {
    const addr = this.address ? new URL(this.address).host : '127.0.0.1:0';
    const child = spawn(program, ['serve', '--addr', addr, '--database-url', this.databaseUrl], {
      cwd: root,
      env: { ...inherited(), DIGITAL_MESSAGES_RATE_LIMITS: 'off', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    // A test run that is cut short leaves no server behind.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));

    this.address = await this.announced(child);
    await this.up();
  }

  /** Asks the server to stop, as a service manager does, and holds it to stopping in time. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;

    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, STOP_MS);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
    if (late) throw new Error(`The server did not stop within ${STOP_MS} ms of SIGTERM. It printed:\n${this.log}`);
  }

  /** Ends the server as a power cut would, save that the disk stays whole. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  /** Puts the database aside. The server must be stopped. */
  async copyDatabase(): Promise<void> {
    await copyFile(path.join(this.folder, 'messages.db'), path.join(this.folder, 'copy.db'));
  }

  /** Puts the copy back; with `moved`, as on another machine, where nothing tells how far it had come. */
  async restoreDatabase(moved = false): Promise<void> {
    await copyFile(path.join(this.folder, 'copy.db'), path.join(this.folder, 'messages.db'));
    if (moved) await rm(path.join(this.folder, 'messages.db.lock'));
  }

  /** Puts another build of the page's files in the place of the one that is served. The server must be stopped. */
  async deploy(): Promise<void> {
    this.deploys += 1;
    const site = path.join(this.folder, `site-${this.deploys}`);
    await cp(path.join(root, 'target/site'), site, { recursive: true });
    const script = path.join(site, 'pkg/app.js');
    await appendFile(script, `// ${this.deploys}`);
    // They are of what it was.
    for (const packed of ['.br', '.gz']) await rm(script + packed);
    this.env.LEPTOS_SITE_ROOT = site;
  }

  async remove(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** Reads on to the end, since a full pipe would stop the server. */
  private announced(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const failed = (what: string) => reject(new Error(`${what}. The server printed:\n${this.log}`));
      const timer = setTimeout(() => failed(`No address within ${START_MS} ms`), START_MS);
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(new Error(`Cannot start ${program}; «make build» builds it`, { cause: error }));
      });
      // «close» comes after the last line, «exit» may come before it.
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        failed(`The server ended with ${signal ?? code}`);
      });
      for (const stream of [child.stdout!, child.stderr!]) {
        createInterface({ input: stream }).on('line', (line) => {
          this.lines.push(line);
          const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line);
          if (!address) return;
          clearTimeout(timer);
          resolve(address[0]);
        });
      }
    });
  }

  private async up(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const response = await fetch(`${this.address}/up`).catch(() => undefined);
      if (response?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${this.address}/up was not 200 within ${START_MS} ms. The server printed:\n${this.log}`);
  }
}

/** The environment without the settings that a developer keeps for a server of their own. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DIGITAL_MESSAGES|LEPTOS)_|^DATABASE_URL$/.test(name)),
  );
}
