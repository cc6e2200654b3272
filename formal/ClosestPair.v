(** Gamma and G+ are not rich: a closest pair and singletons are never behind. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section ClosestPair.

Variable R : realFieldType.
Notation o := (field_ops R).

(** Comparisons that tell which distance is longer: Gamma is defined where there are any. *)
Definition decided n (d : nat -> nat -> R) c := (concordant o n d c + discordant o n d c)%N.

Lemma gamma_le1 n (d : nat -> nat -> R) c : gamma o n d c <= 1.
Proof.
rewrite /gamma /surplus /=; case: (posnP (decided n d c)) => [E|H].
  by rewrite -/(decided n d c) E invr0 mulr0 ler01.
rewrite ler_pdivr_mulr ?ltr0n // mul1r natrD ler_add2l.
by apply: (@le_trans _ _ 0); rewrite ?oppr_le0 ler0n.
Qed.

Lemma gamma_undefined n (d : nat -> nat -> R) c : decided n d c = 0%N -> gamma o n d c = 0.
Proof. by move=> E; rewrite /gamma /= -/(decided n d c) E invr0 mulr0. Qed.

Variables (n : nat) (d : nat -> nat -> R) (p : nat * nat).
Hypotheses (Hp : p \in pairs n) (closest : forall q, q \in pairs n -> apart d p <= apart d q).

Definition only_pair (x : nat) := if x == p.1 then p.2 else x.
Notation c' := only_pair.

Lemma pair_within : p \in within n c'.
Proof. by rewrite mem_filter Hp andbT /c' eqxx if_same. Qed.

Lemma within_pair q : q \in within n c' -> q = p.
Proof.
move: Hp; case Ep: p => [a b]; case: q => x y; rewrite mem_pairs mem_within /c' Ep /= => /andP [Hba _].
case: (altP (x =P a)) => [->|Hx].
  by case: (altP (y =P a)) => [->|_ /andP [/eqP -> _]]; rewrite ?ltnn ?andbF.
case: (altP (y =P a)) => [->|_] /and3P [/eqP Exy Hyx _]; last by rewrite Exy ltnn in Hyx.
by move: (ltn_trans Hyx (leq_ltn_trans (eq_leq Exy) Hba)); rewrite ltnn.
Qed.

Lemma between_all q : q \in pairs n -> q != p -> q \in between n c'.
Proof.
by move=> Hq; rewrite mem_filter Hq andbT; apply: contraNN => E; rewrite (@within_pair q) // mem_filter E.
Qed.

Lemma no_discordant : discordant o n d c' = 0%N.
Proof.
apply/eqP; rewrite -leqn0 leqNgt -has_count; apply/hasPn => pq /mem_comparisons [/within_pair -> Hq] /=.
by rewrite negbK; apply: closest; move: Hq; rewrite mem_filter => /andP [].
Qed.

Lemma g_plus_pair c : g_plus o n d c' <= g_plus o n d c.
Proof. by rewrite /g_plus no_discordant /= mul0r divr_ge0 ?ler0n. Qed.

Lemma decided_pair c : (0 < decided n d c)%N -> (0 < decided n d c')%N.
Proof.
rewrite /decided no_discordant addn0 => H; rewrite lt0n; apply/eqP => E.
have all q : q \in pairs n -> apart d q = apart d p.
  move=> Hq; case: (altP (q =P p)) => [-> //|Hqp]; apply/eqP; rewrite eq_le closest // andbT.
  have : ~~ has (fun pq => ~~ leb o (apart d pq.2) (apart d pq.1)) (comparisons n c').
    by rewrite has_count -leqNgt; rewrite /concordant in E; rewrite E.
  move=> /hasPn /(_ (p, q)); rewrite negbK; apply.
  by apply/allpairsP; exists (p, q); rewrite pair_within between_all.
move: H; rewrite addn_gt0 -!has_count => /orP [] /hasP [pq /mem_comparisons []].
  by rewrite !mem_filter => /andP [_ H1] /andP [_ H2] /=; rewrite !all // lexx.
by rewrite !mem_filter => /andP [_ H1] /andP [_ H2] /=; rewrite !all // lexx.
Qed.

Lemma gamma_pair c : gamma o n d c <= gamma o n d c'.
Proof.
case: (posnP (decided n d c)) => [/gamma_undefined ->|/decided_pair].
  by rewrite /gamma /surplus /= no_discordant subr0 divr_ge0 ?ler0n.
rewrite /decided => H; apply: (le_trans (gamma_le1 n d c)).
by rewrite /gamma /surplus; move: H; rewrite no_discordant addn0 /= subr0 => H; rewrite divff // pnatr_eq0 -lt0n.
Qed.

End ClosestPair.

Section Theorems.

Variable R : realFieldType.
Notation o := (field_ops R).

Lemma closest_pair n (d : nat -> nat -> R) : (0 < size (pairs n))%N ->
  exists2 p, p \in pairs n & forall q, q \in pairs n -> apart d p <= apart d q.
Proof.
rewrite lt0n size_eq0 => Hn; have [p Hp E] := minimum_in (apart d) Hn.
by exists p => // q Hq; rewrite -E; apply: minimum_le.
Qed.

(** It is another clustering than one with several pairs inside. *)
Lemma another n c p : (1 < size (within n c))%N -> p \in pairs n ->
  non_trivial n (only_pair p) /\ ~ same_partition n c (only_pair p).
Proof.
move=> Hw Hp; have [q Hq Hqp] : exists2 q, q \in within n c & q != p.
  have := filter_uniq (fun p => c p.1 == c p.2) (pairs_uniq n); rewrite -/(within n c).
  case: (within n c) Hw => [|q [|r s]] // _ /andP [Hqr _].
  case: (altP (q =P p)) => [<-|H]; last by exists q; rewrite ?mem_head.
  exists r; first by rewrite inE mem_head orbT.
  by apply: contraNneq Hqr => ->; rewrite mem_head.
have Hqn : q \in pairs n by move: Hq; rewrite mem_filter => /andP [].
have Hb := between_all Hp Hqn Hqp; split.
  by split; apply/eqP => E0; [have := pair_within Hp | have := Hb]; rewrite E0.
move=> H; have [H1 H2 _ H3] := within_inside Hq; move: Hb.
by rewrite mem_filter -(H _ _ H1 H2) H3.
Qed.

Lemma some_pairs n c : (1 < size (within n c))%N -> (0 < size (pairs n))%N.
Proof. by move=> H; apply: (leq_trans (ltnW H)); rewrite size_filter count_size. Qed.

(** Whatever the distances are, another clustering has a Gamma as high, and one that is defined if that of [c] is. *)
Lemma gamma_never_alone n (d : nat -> nat -> R) c : (1 < size (within n c))%N -> exists c',
  [/\ non_trivial n c', ~ same_partition n c c', gamma o n d c <= gamma o n d c' &
      (0 < decided n d c)%N -> (0 < decided n d c')%N].
Proof.
move=> Hw; have [p Hp closest] := closest_pair d (some_pairs Hw); have [H1 H2] := another Hw Hp.
by exists (only_pair p); split=> //; [apply: gamma_pair | apply: decided_pair].
Qed.

Lemma g_plus_never_alone n (d : nat -> nat -> R) c : (1 < size (within n c))%N -> exists c',
  [/\ non_trivial n c', ~ same_partition n c c' & g_plus o n d c' <= g_plus o n d c].
Proof.
move=> Hw; have [p Hp closest] := closest_pair d (some_pairs Hw); have [H1 H2] := another Hw Hp.
by exists (only_pair p); split=> //; apply: g_plus_pair.
Qed.

(** Four points, three of them in one cluster. *)

Lemma triple : non_trivial 4 (fun x => (x < 3)%N : nat).
Proof. by []. Qed.

Theorem gamma_not_rich : ~ rich (@strictly_higher R) (gamma o).
Proof.
move=> /(_ _ _ triple) [d _ H]; have [//|c' [H1 H2 H3 _]] := @gamma_never_alone 4 d (fun x => (x < 3)%N : nat).
by have := H _ H1 H2; rewrite /strictly_higher ltNge H3.
Qed.

Theorem g_plus_not_rich : ~ rich (@strictly_lower R) (g_plus o).
Proof.
move=> /(_ _ _ triple) [d _ H]; have [//|c' [H1 H2 H3]] := @g_plus_never_alone 4 d (fun x => (x < 3)%N : nat).
by have := H _ H1 H2; rewrite /strictly_lower ltNge H3.
Qed.

End Theorems.
