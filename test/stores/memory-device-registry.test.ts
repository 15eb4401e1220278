import t from 'tap';
import { memoryDeviceRegistry } from '../../src/stores/memory-device-registry.js';
import { deviceRegistryContract } from '../contract/device-store.js';
import { now } from '../fixtures.js';

deviceRegistryContract(t, async () => memoryDeviceRegistry(() => now), now);
