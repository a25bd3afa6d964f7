/** Something that the kernel tells. */
export interface Message {
  readonly ifindex: number;
  readonly name: string;
  /** A port that its bridge let go. */
  readonly hasLeft: boolean;
}

/** What the kernel has told and networkd has not read: it reads one after the other, each some time after the last. */
export class Inbox {
  #messages: Message[] = [];
  readonly #wait: (message: Message, run: () => void) => void;
  readonly #read: (message: Message) => void;

  constructor(wait: (message: Message, run: () => void) => void, read: (message: Message) => void) {
    this.#wait = wait;
    this.#read = read;
  }

  put(message: Message): void {
    this.#messages.push(message);
    if (this.#messages.length === 1) this.#next();
  }

  /** Nobody reads it any more. */
  clear(): void {
    this.#messages = [];
  }

  #next(): void {
    const [message] = this.#messages;
    if (!message) return;
    this.#wait(message, () => {
      this.#read(message);
      this.#messages.shift();
      this.#next();
    });
  }
}
