(** Gamma, G+ and the C-index are rich for every k, and weakly rich: distance 1 inside clusters and 2 between them. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Clusters Centres Richness ClosestPair Exchange CIndex.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Both follow from richness. *)

Lemma k_richness_follows (R : realFieldType) (strictly_better : rel R) m :
  rich strictly_better m -> k_rich strictly_better m.
Proof. by move=> H n c /H [d Hd Hbest]; exists d => // c' Hc' _; apply: Hbest. Qed.

Lemma same_value (R : realFieldType) (m : measure R) n d c c' : isomorphism_invariant m ->
  distance n d -> non_trivial n c -> same_partition n c c' -> m n d c' = m n d c.
Proof.
by move=> H Hd Hc E; apply: (H n d d c c' id id) => // x y Hx Hy; rewrite (E x y).
Qed.

Lemma weak_richness_follows (R : realFieldType) (strictly_better better : rel R) m : isomorphism_invariant m ->
  (forall a b, strictly_better a b -> better a b) -> (forall a, better a a) ->
  rich strictly_better m -> weakly_rich better m.
Proof.
move=> Hm sub refl H n c Hc; have [d Hd Hbest] := H n c Hc; exists d => // c' Hc'.
case: (compare_partitions n c c') => [E|[p Hp E]|[p Hp E]]; first by rewrite (same_value Hm Hd Hc E).
  by apply/sub/Hbest => // S; have [H1 H2 _] := between_across Hp; rewrite -(S _ _ H1 H2) E.
by apply/sub/Hbest => // S; have [H1 H2 _] := within_inside Hp; rewrite -(S _ _ H1 H2) (negbTE E).
Qed.

(** Of two clusterings with as many clusters, neither refines the other. *)

Lemma no_finer n c c' : size (clusters n c') = size (clusters n c) ->
  (forall x y, (x < n)%N -> (y < n)%N -> c' x = c' y -> c x = c y) -> same_partition n c c'.
Proof.
move=> Hsize finer; have [k Hk] := some_choice n c'; have K := choices_centres Hk.
have own x : (x < n)%N -> [/\ own_centre c' k x \in k, c' (own_centre c' k x) = c' x & c (own_centre c' k x) = c x].
  move=> Hx; have /andP [H1 /eqP H2] := own_centre_in K Hx; split=> //.
  by apply: finer => //; case: K => range _ _; apply: range.
have U : uniq (map c k).
  apply: (@leq_size_uniq _ (clusters n c)); first exact: undup_uniq.
    move=> l; rewrite mem_undup => /mapP [x Hx ->]; move: Hx; rewrite mem_iota => /andP [_ Hx].
    by have [H1 _ <-] := own x Hx; apply: map_f.
  by move: Hk; rewrite mem_choices => /andP [/eqP E _]; rewrite size_map -Hsize -E size_map.
move=> x y Hx Hy; apply/eqP/eqP => [E|]; last exact: finer.
have [[Ix <- Ex] [Iy <- Ey]] := (own x Hx, own y Hy); congr c'.
apply/eqP; apply: contraT => Hne; have [i Hi Ei] := (nthP 0%N Ix); have [j Hj Ej] := (nthP 0%N Iy).
move/(uniqP 0%N): U => U; suff Eij : i = j by rewrite -Ei -Ej Eij eqxx in Hne.
by apply: U; rewrite ?inE ?size_map // !(nth_map 0%N) // Ei Ej Ex Ey.
Qed.

Lemma crossing n c c' : size (clusters n c') = size (clusters n c) -> ~ same_partition n c c' ->
  (exists2 p, p \in within n c' & c p.1 != c p.2) /\ (exists2 q, q \in between n c' & c q.1 == c q.2).
Proof.
move=> Hsize Hneq; split.
  case: (boolP (has (fun p => c p.1 != c p.2) (within n c'))) => [/hasP //|/hasPn H].
  by case: Hneq; apply: no_finer => //; apply: from_pairs => p /H; rewrite negbK => /eqP.
case: (boolP (has (fun q => c q.1 == c q.2) (between n c'))) => [/hasP //|/hasPn H].
case: Hneq => x y Hx Hy; apply/esym; apply: (no_finer (esym Hsize)) => // {x y Hx Hy}.
apply: from_pairs => p; rewrite mem_filter => /andP [E Hp]; apply/eqP; apply: contraT => E'.
by have := H p; rewrite mem_filter E' Hp E => /(_ isT).
Qed.

Section KRichness.

Variable R : realFieldType.
Notation o := (field_ops R).

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.
Notation d := (two_levels c (2%:R : R)).

Lemma own_discordant : discordant o n d c = 0%N.
Proof.
apply/eqP; rewrite -leqn0 leqNgt -has_count; apply/hasPn => pq /mem_comparisons [Hp Hq] /=.
by rewrite (inside_one _ Hp) (across_far _ Hq) negbK ler1n.
Qed.

Lemma own_concordant : (0 < concordant o n d c)%N.
Proof.
case: Hc; case Ew : (within n c) => [//|p s] _; case Eb : (between n c) => [//|q t] _.
have [Hp Hq] : p \in within n c /\ q \in between n c by rewrite Ew Eb !mem_head.
rewrite -has_count; apply/hasP; exists (p, q); first by apply/allpairsP; exists (p, q).
by rewrite /= (inside_one _ Hp) (across_far _ Hq) -ltNge ltr1n.
Qed.

Lemma gamma_own : gamma o n d c = 1.
Proof.
rewrite /gamma /surplus own_discordant addn0 /= subr0 divff // pnatr_eq0 -lt0n; exact: own_concordant.
Qed.

Lemma g_plus_own : g_plus o n d c = 0.
Proof. by rewrite /g_plus own_discordant /= mul0r. Qed.

Lemma c_index_own : c_index o n d c = 0.
Proof.
suff E : total o (apart d) (within n c) = smallest o n d c by rewrite /c_index E /= subrr mul0r.
have [U sub _] := within_as_many n c.
apply/eqP; rewrite eq_le andbC smallest_le; last exact: within_as_many.
have [t [Ut subt Ht] ->] := smallest_attained n d c; rewrite -subr_le0 (total_exchange _ U Ut) subr_le0.
apply: total_dominated => [|x y]; first by rewrite size_exchange.
rewrite mem_filter => /andP [_ Hx]; rewrite mem_filter => /andP [_ /subt Hy]; rewrite (inside_one _ Hx) one_le //.
by case: y Hy => a b; rewrite mem_pairs neq_ltn => /andP [->]; rewrite orbT.
Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hsize : size (clusters n c') = size (clusters n c)).
Hypothesis Hneq : ~ same_partition n c c'.

Lemma rival_pairs : exists p q, [/\ p \in within n c', q \in between n c', apart d p = 2%:R & apart d q = 1].
Proof.
have [[p Hp Ep] [q Hq Eq]] := crossing Hsize Hneq; exists p, q; split=> //.
  by have [_ _ H _] := within_inside Hp; rewrite two_levels_apart // (negbTE Ep).
by have [_ _ H _] := between_across Hq; rewrite two_levels_apart // Eq.
Qed.

Lemma rival_discordant : (0 < discordant o n d c')%N.
Proof.
have [p [q [Hp Hq Ep Eq]]] := rival_pairs.
rewrite -has_count; apply/hasP; exists (p, q); first by apply/allpairsP; exists (p, q).
by rewrite /= Ep Eq -ltNge ltr1n.
Qed.

Lemma gamma_rival : gamma o n d c' < 1.
Proof.
rewrite /gamma /surplus /=; have D := rival_discordant.
have S : (0 < concordant o n d c' + discordant o n d c')%N by rewrite addn_gt0 D orbT.
rewrite ltr_pdivr_mulr ?ltr0n // mul1r natrD ltr_add2l.
by apply: (@lt_trans _ _ 0); rewrite ?oppr_lt0 ltr0n.
Qed.

Lemma g_plus_rival : 0 < g_plus o n d c'.
Proof.
rewrite /g_plus /=; apply: divr_gt0; rewrite ltr0n muln_gt0; first exact: rival_discordant.
have H : (1 < size (within n c') + size (between n c'))%N.
  by case: Hc'; rewrite -!size_eq0 -!lt0n => Hw Hb; exact: leq_add Hw Hb.
by case: (size (within n c') + size (between n c'))%N H => [|[|m]].
Qed.

Lemma c_index_rival : 0 < c_index o n d c'.
Proof.
have [p [q [Hp Hq Ep Eq]]] := rival_pairs; have [U sub _] := within_as_many n c'.
have less : smallest o n d c' < total o (apart d) (within n c').
  have Hqw : q \notin within n c' by move: Hq; rewrite !mem_filter => /andP [/negbTE ->].
  apply: (@le_lt_trans _ _ (total o (apart d) (q :: rem p (within n c')))).
    apply: smallest_le; split.
    - by rewrite /= rem_uniq // andbT; apply: contraNN Hqw => /mem_rem.
    - by move=> r; rewrite inE => /orP [/eqP ->|/mem_rem /sub //]; move: Hq; rewrite mem_filter => /andP [].
    - by rewrite /= size_rem // prednK //; case: (within n c') Hp.
  by rewrite [X in _ < X](total_perm _ (perm_to_rem Hp)) /= ltr_add2r Ep Eq ltr1n.
rewrite /c_index /= divr_gt0 // subr_gt0 // (lt_le_trans less) //.
by apply: largest_ge; apply: within_as_many.
Qed.

End Rival.

End KRichness.

Section Theorems.

Variable R : realFieldType.
Notation o := (field_ops R).

Theorem gamma_k_rich : k_rich (@strictly_higher R) (gamma o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc' Hsize Hneq; rewrite /strictly_higher gamma_own //; apply: gamma_rival.
Qed.

Theorem gamma_weakly_rich : weakly_rich (@higher R) (gamma o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc'; rewrite /higher gamma_own //; apply: gamma_le1.
Qed.

Theorem g_plus_k_rich : k_rich (@strictly_lower R) (g_plus o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc' Hsize Hneq; rewrite /strictly_lower g_plus_own; apply: g_plus_rival.
Qed.

Theorem g_plus_weakly_rich : weakly_rich (@lower R) (g_plus o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc'; rewrite /lower g_plus_own /g_plus /= divr_ge0 ?ler0n.
Qed.

Theorem c_index_k_rich : k_rich (@strictly_lower R) (c_index o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc' Hsize Hneq; rewrite /strictly_lower c_index_own; apply: c_index_rival.
Qed.

Theorem c_index_weakly_rich : weakly_rich (@lower R) (c_index o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc'; rewrite /lower c_index_own c_index_ge0.
Qed.

End Theorems.
