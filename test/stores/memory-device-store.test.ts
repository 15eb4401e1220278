import t from 'tap';
import { memoryDeviceStore } from '../../src/stores/memory-device-store.js';
import { deviceStoreContract } from '../contract/device-store.js';

deviceStoreContract(t, async (devices) => memoryDeviceStore(devices));
