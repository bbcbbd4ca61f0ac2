import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Strategy, StrategyRegistry } from '#libs/fix-strategies';

/** The strategies that this orchestrator has. Every feature asks the one registry. */
@Global()
@Module({})
export class StrategiesModule {
  static with(strategies: readonly Strategy[]): DynamicModule {
    const provider = { provide: StrategyRegistry, useValue: new StrategyRegistry(strategies) };
    return { module: StrategiesModule, providers: [provider], exports: [provider] };
  }
}
