import { type BrowserContext, expect } from '@playwright/test';

import { newHandle, PASSWORD } from './people';
import type { Server } from './server';

/** What the server tells of a message. */
export interface Posted {
  position: number;
  version: number;
  text: string;
}

/** Somebody who writes without a browser, by `/api/v1`: others to talk to, made in a moment. */
export class Client {
  private constructor(
    private readonly address: string,
    readonly handle: string,
    readonly name: string,
    private readonly token: string,
  ) {}

  static async signUp(server: Server, name: string, handle: string): Promise<Client> {
    const client = new Client(server.address, handle, name, '');
    const { token } = await client.ask('POST', 'sign-up', { handle, name, password: PASSWORD });
    return new Client(server.address, handle, name, token);
  }

  /** Who has an account already. */
  static async signIn(server: Server, handle: string, name = handle, password = PASSWORD): Promise<Client> {
    const client = new Client(server.address, handle, name, '');
    const { token } = await client.ask('POST', 'sign-in', { handle, password });
    return new Client(server.address, handle, name, token);
  }

  /** Signs a browser in as this person. */
  async enter(context: BrowserContext): Promise<void> {
    await context.addCookies([{ name: 'session', value: this.token, url: this.address, httpOnly: true }]);
  }

  /** A room of one's own, with others brought in. */
  async room(name: string, others: Client[] = [], kind: 'invited' | 'open' = 'invited'): Promise<number> {
    const { room } = await this.ask('POST', 'rooms', { name, kind });
    for (const { handle } of others) await this.ask('POST', `rooms/${room.id}/members`, { handle });
    return room.id;
  }

  /** The conversation with another person, or with oneself. */
  async direct(other: Client): Promise<number> {
    return (await this.ask('POST', 'direct', { handle: other.handle })).room.id;
  }

  async join(room: number): Promise<void> {
    await this.ask('POST', `rooms/${room}/join`);
  }

  async leave(room: number): Promise<void> {
    await this.ask('POST', `rooms/${room}/leave`);
  }

  async post(room: number, text: string): Promise<Posted> {
    return this.ask('POST', `rooms/${room}/messages`, { client_id: clientId(), text });
  }

  async edit(room: number, { position }: Posted, text: string): Promise<void> {
    await this.ask('PUT', `rooms/${room}/messages/${position}`, { text });
  }

  async remove(room: number, { position }: Posted): Promise<void> {
    await this.ask('DELETE', `rooms/${room}/messages/${position}`);
  }

  async read(room: number, { position }: Posted): Promise<void> {
    await this.ask('POST', `rooms/${room}/read`, { position });
  }

  /** What is typed and not sent. */
  async draft(room: number, text: string): Promise<void> {
    await this.ask('PUT', `rooms/${room}/draft`, { client_id: clientId(), text });
  }

  /** A message that is to be posted later. */
  async schedule(room: number, text: string, dueAt: number): Promise<void> {
    await this.ask('POST', `rooms/${room}/scheduled`, { client_id: clientId(), text, due_at: Math.round(dueAt) });
  }

  async close(room: number): Promise<void> {
    await this.ask('POST', `rooms/${room}/close`);
  }

  /** Many messages, as fast as they are taken. */
  async fill(room: number, count: number, text: (index: number) => string): Promise<void> {
    const ATONCE = 64;
    for (let first = 0; first < count; first += ATONCE) {
      const these = Array.from({ length: Math.min(ATONCE, count - first) }, (_, at) => text(first + at));
      await Promise.all(these.map((one) => this.post(room, one)));
    }
  }

  // The answers are of many kinds; whoever asks knows which.
  private async ask(method: string, path: string, body?: object): Promise<any> {
    const response = await fetch(`${this.address}/api/v1/${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(300);
    return text ? JSON.parse(text) : undefined;
  }
}

/** A handle of its own for each, so that files and tests share a server. */
export async function newClient(server: Server, name: string): Promise<Client> {
  return Client.signUp(server, name, newHandle('client'));
}

function clientId(): string {
  const [time, random] = [Date.now().toString(16).padStart(12, '0'), crypto.randomUUID()];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

/** A conversation with one of each thing that can stand in one. The first of `these` is whoever will read it. */
export async function everyKindOfMessage(room: number, [reader, other, third]: [Client, Client, Client]): Promise<void> {
  await other.post(room, 'Доброе утро! Палатки взял, **две штуки**, и _котелок_. ~~Спички~~ — у Веры.');
  await other.post(room, 'План тут: https://example.org/plan — посмотрите до `19:00`.');
  await third.post(room, '> Спички — у Веры\n\nЕсть, целый коробок.');
  await third.post(room, 'Список:\n\n- вода\n- аптечка\n- карта\n\n1. выезд\n2. привал');
  await reader.post(room, 'А это скрипт, который считает литры:\n\n```\nfn litres(people: u32, days: u32) -> u32 { people * days * 3 /* с запасом на жару и на чай */ }\n```');
  const typo = await reader.post(room, 'Встречаемся в *шест*');
  await reader.edit(room, typo, 'Встречаемся в **шесть** у [касс](https://example.org/kassy)');
  await reader.remove(room, await reader.post(room, 'Не сюда'));
  await other.remove(room, await other.post(room, 'И не сюда'));
  await other.post(room, '👍');
  await third.post(room, 'Рентгеноэлектрокардиографического'.repeat(6));
  await third.post(room, 'שלום לכולם, נתראה בשש');
  await reader.read(room, await reader.post(room, 'До встречи!'));
  await other.post(room, 'Поезд на семь минут позже.');
  await third.post(room, 'Принято');
}
