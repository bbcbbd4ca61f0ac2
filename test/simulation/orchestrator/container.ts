import 'reflect-metadata';
import type { Type } from '@nestjs/common';

type Made = Record<string, unknown>;
type Hook = 'onModuleInit' | 'onApplicationBootstrap' | 'beforeApplicationShutdown';

const METADATA = 'design:paramtypes';

const listOf = (name: string, module: Type): Type[] => {
  const all = (Reflect.getMetadata(name, module) ?? []) as unknown[];
  return all.filter((one): one is Type => typeof one === 'function');
};

/**
 * Makes the providers of the product's own modules, as Nest does, from what their constructors ask for: in a millisecond, and
 * without what the product needs for HTTP. What is handed in stands for what reaches beyond the process.
 */
export class Container {
  private readonly made: Map<Type, unknown>;

  constructor(given: ReadonlyMap<Type, unknown>) {
    this.made = new Map(given);
  }

  addModule(module: Type): void {
    for (const provider of listOf('providers', module)) this.get(provider);
  }

  get<T>(type: Type<T>): T {
    if (!this.made.has(type)) this.made.set(type, this.make(type));
    return this.made.get(type) as T;
  }

  /** Calls what a start or an end in order calls, in the order in which the parts were made. */
  async call(hook: Hook): Promise<void> {
    for (const part of this.made.values()) {
      const method = (part as Made | undefined)?.[hook];
      if (typeof method === 'function') await (method as () => unknown).call(part);
    }
  }

  private make(type: Type): unknown {
    const wanted = (Reflect.getMetadata(METADATA, type) ?? []) as Type[];
    return new type(...wanted.map((one): unknown => this.get(one)));
  }
}
