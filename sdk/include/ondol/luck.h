/*
 * The one door to chance: who asks, when, and for what. Agents, market mechanisms and the host itself draw through it.
 *
 * A draw is Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"; Random123).
 * Its key is of the run's seed, the step, the round and the purpose; its counter of the luck of who is drawn for, the
 * tick and an index. It depends neither on threads nor on which draws came before, so two runs that differ in one
 * policy see the same luck wherever an agent faces the same question.
 */
#ifndef ONDOL_LUCK_H
#define ONDOL_LUCK_H

#include <ondol/abi.h>

#include <Random123/philox.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Scrambles 64 bits one-to-one (the SplitMix64 finaliser; Steele, Lea, Flood 2014): makes keys out of what they are of.
 * It is no draw, as it knows of no tick. */
static inline uint64_t ondol_mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/* Two independent words of 64 bits. */
typedef struct ondol_words {
  uint64_t first, second;
} ondol_words;

static inline ondol_words ondol_draw_words(const ondol_moment* now, uint64_t purpose, uint64_t luck, uint32_t index) {
  const uint64_t mixed = ondol_mix(now->key + purpose);
  const philox4x32_ctr_t counter = {{(uint32_t)luck, (uint32_t)(luck >> 32), (uint32_t)now->tick, index}};
  const philox4x32_key_t key = {{(uint32_t)mixed, (uint32_t)(mixed >> 32)}};
  const philox4x32_ctr_t out = philox4x32_R(philox4x32_rounds, counter, key);
  const ondol_words words = {out.v[0] | (uint64_t)out.v[1] << 32, out.v[2] | (uint64_t)out.v[3] << 32};
  return words;
}

#ifdef __cplusplus
}
#endif

#endif
