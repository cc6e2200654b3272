(** Dunn, McClain–Rao, Gamma, G+ and Tau: measures of the distances inside clusters and between them. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Pairs.

Variable R : realFieldType.
Notation o := (field_ops R).

Lemma within_inside n c (p : nat * nat) :
  p \in within n c -> [/\ (p.1 < n)%N, (p.2 < n)%N, p.1 != p.2 & c p.1 == c p.2].
Proof.
case: p => x y; rewrite mem_within => /and3P [E Hyx Hx]; split=> //=; first exact: ltn_trans Hyx Hx.
by rewrite neq_ltn Hyx orbT.
Qed.

Lemma between_across n c (p : nat * nat) :
  p \in between n c -> [/\ (p.1 < n)%N, (p.2 < n)%N, p.1 != p.2 & c p.1 != c p.2].
Proof.
case: p => x y; rewrite mem_between => /and3P [E Hyx Hx]; split=> //=; first exact: ltn_trans Hyx Hx.
by rewrite neq_ltn Hyx orbT.
Qed.

(** Two clusterings are one, or a pair that one of them has together is apart in the other. *)
Lemma compare_partitions n c c' : [\/ same_partition n c c',
  exists2 p, p \in between n c' & c p.1 == c p.2 | exists2 p, p \in within n c' & c p.1 != c p.2].
Proof.
pose differs p := (c p.1 == c p.2) != (c' p.1 == c' p.2).
case: (boolP (has differs (pairs n))) => [/hasP [p Hp]|/hasPn H].
  rewrite /differs; case E : (c p.1 == c p.2) => H; [apply: Or32 | apply: Or33]; exists p; rewrite ?E //.
    by rewrite mem_filter Hp andbT; move: H; case: (c' p.1 == c' p.2).
  by rewrite mem_filter Hp andbT; move: H; case: (c' p.1 == c' p.2).
apply: Or31 => x y Hx Hy; case: (ltngtP x y) => [Hxy|Hyx|-> ]; last by rewrite !eqxx.
  have := H (y, x); rewrite mem_pairs Hxy Hy => /(_ isT) /negPn /eqP /= E.
  by rewrite eq_sym E eq_sym.
by have := H (x, y); rewrite mem_pairs Hyx Hx => /(_ isT) /negPn /eqP /=.
Qed.

Lemma differing_pair n c c' : ~ same_partition n c c' ->
  (exists2 p, p \in between n c' & c p.1 == c p.2) \/ (exists2 p, p \in within n c' & c p.1 != c p.2).
Proof. by move=> Hneq; case: (compare_partitions n c c') => //; [left | right]. Qed.

(** One refines another if all its pairs are together there. *)
Lemma from_pairs n (c c' : nat -> nat) : (forall p, p \in within n c' -> c p.1 = c p.2) ->
  forall x y, (x < n)%N -> (y < n)%N -> c' x = c' y -> c x = c y.
Proof.
move=> H x y Hx Hy E; case: (ltngtP x y) => [Hxy|Hyx|-> //].
  by apply/esym/(H (y, x)); rewrite mem_within E eqxx Hxy.
by apply: (H (x, y)); rewrite mem_within E eqxx Hyx.
Qed.

Section Distances.

Variables (n : nat) (c : nat -> nat) (d d' : nat -> nat -> R).
Hypotheses (Hd : distance n d) (Hd' : distance n d') (Hc : non_trivial n c) (H : consistent_change n c d d').

Lemma apart_gt0 p : p \in within n c -> 0 < apart d p.
Proof. by move=> /within_inside [H1 H2 H3 _]; case: Hd => _ _; apply. Qed.

Lemma apart_between_gt0 p : p \in between n c -> 0 < apart d p.
Proof. by move=> /between_across [H1 H2 H3 _]; case: Hd => _ _; apply. Qed.

Lemma inside_shrinks p : p \in within n c -> apart d' p <= apart d p.
Proof. by move=> /within_inside [H1 H2 _ E]; have := H H1 H2; rewrite E. Qed.

Lemma across_grows p : p \in between n c -> apart d p <= apart d' p.
Proof. by move=> /between_across [H1 H2 _ /negbTE E]; have := H H1 H2; rewrite E. Qed.

Lemma longest_gt0 : 0 < maximum o (apart d) (within n c).
Proof.
case: Hc; case E: (within n c) => [//|p s] _ _; rewrite -E.
have Hp : p \in within n c by rewrite E mem_head.
exact: lt_le_trans (apart_gt0 Hp) (maximum_ge _ Hp).
Qed.

Lemma shortest_gt0 : 0 < minimum o (apart d) (between n c).
Proof. by apply: minimum_gt0; [case: Hc | apply: apart_between_gt0]. Qed.

Lemma mean_between_gt0 : 0 < mean o (apart d) (between n c).
Proof. by apply: mean_gt0; [case: Hc | apply: apart_between_gt0]. Qed.

End Distances.

(** Dunn. *)

Theorem dunn_scale_invariant : scale_invariant (dunn o).
Proof.
move=> n d c l _ _ Hl; rewrite /dunn /=.
rewrite (minimum_scale (apart d)) // (maximum_scale (apart d)) //; exact: cancel_unit.
Qed.

Theorem dunn_consistent : consistent (@higher R) (dunn o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /higher /dunn /=; apply: quotient_mono.
- exact/ltW/shortest_gt0.
- by apply: minimum_mono => p; apply: across_grows.
- exact: (@longest_gt0 n c d').
- by apply: maximum_mono => p; apply: inside_shrinks.
Qed.

Theorem dunn_isomorphism_invariant : isomorphism_invariant (dunn o).
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /dunn /=; congr (_ / _).
  rewrite -(minimum_perm _ (perm_mem (ordered_between Hst Hc))) minimum_map; apply: eq_minimum => p.
  by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
rewrite -(maximum_perm _ (perm_mem (ordered_within Hst Hc))) maximum_map; apply: eq_maximum => p.
by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
Qed.

(** McClain–Rao. *)

Theorem mcclain_rao_scale_invariant : scale_invariant (mcclain_rao o).
Proof.
move=> n d c l _ _ Hl; have E u : mean o (apart (fun x y => l * d x y)) u = l * mean o (apart d) u.
  exact: (mean_scale l (apart d) u).
rewrite /mcclain_rao !E; exact: cancel_unit.
Qed.

Theorem mcclain_rao_consistent : consistent (@lower R) (mcclain_rao o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /lower; apply: quotient_mono.
- by apply: mean_ge0 => p Hp; apply/ltW/(apart_gt0 Hd' Hp).
- by apply: mean_mono => p; apply: inside_shrinks.
- exact: mean_between_gt0.
- by apply: mean_mono => p; apply: across_grows.
Qed.

Theorem mcclain_rao_isomorphism_invariant : isomorphism_invariant (mcclain_rao o).
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /mcclain_rao; congr (_ / _).
  rewrite -(mean_perm _ (ordered_within Hst Hc)) mean_map; apply: eq_mean => p.
  by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
rewrite -(mean_perm _ (ordered_between Hst Hc)) mean_map; apply: eq_mean => p.
by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
Qed.

(** Gamma, G+ and Tau compare distances alone. *)

Lemma mem_comparisons n c pq : pq \in comparisons n c -> pq.1 \in within n c /\ pq.2 \in between n c.
Proof. by case: pq => p q /allpairsP [[p' q'] [Hp Hq [-> ->]]]. Qed.

Lemma sub_in_count (T : eqType) (a b : pred T) s : (forall x, x \in s -> a x -> b x) -> (count a s <= count b s)%N.
Proof.
elim: s => //= x s IH H; apply: leq_add; last by apply: IH => y Hy; apply: H; rewrite inE Hy orbT.
by case E: (a x) => //; rewrite (H x) ?mem_head.
Qed.

Section Counts.

Variables (n : nat) (c : nat -> nat) (d d' : nat -> nat -> R).

Lemma concordant_grows : consistent_change n c d d' -> (concordant o n d c <= concordant o n d' c)%N.
Proof.
move=> H; apply: sub_in_count => pq /mem_comparisons [Hp Hq] /=; rewrite -!ltNge => E.
by apply: (le_lt_trans (inside_shrinks H Hp)); apply: (lt_le_trans E (across_grows H Hq)).
Qed.

Lemma discordant_shrinks : consistent_change n c d d' -> (discordant o n d' c <= discordant o n d c)%N.
Proof.
move=> H; apply: sub_in_count => pq /mem_comparisons [Hp Hq] /=; rewrite -!ltNge => E.
by apply: (le_lt_trans (across_grows H Hq)); apply: (lt_le_trans E (inside_shrinks H Hp)).
Qed.

Lemma counts_scale (l : R) : 0 < l ->
  concordant o n (fun x y => l * d x y) c = concordant o n d c /\
  discordant o n (fun x y => l * d x y) c = discordant o n d c.
Proof. by move=> Hl; split; apply: eq_count => pq; rewrite /= /apart ler_pmul2l. Qed.

End Counts.

Lemma perm_allpairs (S T : eqType) (s s' : seq S) (t t' : seq T) : perm_eq s s' -> perm_eq t t' ->
  perm_eq [seq (x, y) | x <- s, y <- t] [seq (x, y) | x <- s', y <- t'].
Proof.
move=> Hs Ht; apply: (@perm_trans _ [seq (x, y) | x <- s, y <- t']).
  by elim: s {Hs} => //= x s IH; apply: perm_cat; rewrite ?perm_map.
exact/perm_flatten/perm_map.
Qed.

Lemma count_ordered n d d' c c' s t (greater : rel R) : distance n d -> bijection n s t -> renamed n s c c' ->
  (forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)) ->
  count (fun pq => greater (apart d' pq.1) (apart d' pq.2)) (comparisons n c') =
  count (fun pq => greater (apart d pq.1) (apart d pq.2)) (comparisons n c).
Proof.
move=> Hd Hst Hc E.
have E2 : perm_eq [seq (p, q) | p <- map (ordered s) (within n c'), q <- map (ordered s) (between n c')]
                  (comparisons n c).
  by apply: perm_allpairs; [exact: (ordered_within Hst Hc) | exact: (ordered_between Hst Hc)].
rewrite -(permP E2) allpairs_mapl allpairs_mapr.
have -> : [seq (ordered s p, ordered s q) | p <- within n c', q <- between n c'] =
          map (fun pq => (ordered s pq.1, ordered s pq.2)) (comparisons n c') by rewrite /comparisons map_allpairs.
rewrite count_map; apply: eq_in_count => pq /mem_comparisons [].
by rewrite !mem_filter => /andP [_ Hp] /andP [_ Hq] /=; rewrite !(apart_ordered Hst Hd E).
Qed.

Lemma counts_isomorphic n d d' c c' s t : distance n d -> bijection n s t -> renamed n s c c' ->
  (forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)) ->
  concordant o n d' c' = concordant o n d c /\ discordant o n d' c' = discordant o n d c.
Proof.
move=> Hd Hst Hc E; split; last exact: (count_ordered (fun a b => ~~ (a <= b)) Hd Hst Hc E).
exact: (count_ordered (fun a b => ~~ (b <= a)) Hd Hst Hc E).
Qed.

Theorem gamma_scale_invariant : scale_invariant (gamma o).
Proof. by move=> n d c l _ _ Hl; rewrite /gamma /surplus; have [-> ->] := counts_scale n c d Hl. Qed.

(** Where both values are defined: some comparison tells which distance is longer. *)
Theorem gamma_consistent n d d' c : consistent_change n c d d' ->
  (0 < concordant o n d c + discordant o n d c)%N -> (0 < concordant o n d' c + discordant o n d' c)%N ->
  gamma o n d c <= gamma o n d' c.
Proof.
move=> H Hpos Hpos'; rewrite /gamma /surplus /=.
have [p q] := (concordant_grows H, discordant_shrinks H).
move: (concordant o n d c) (discordant o n d c) (concordant o n d' c) (discordant o n d' c) p q Hpos Hpos'.
move=> a b a' b' Ha Hb H0 H0'.
rewrite ler_pdivr_mulr ?ltr0n // mulrAC ler_pdivl_mulr ?ltr0n //.
rewrite !natrD !mulrBl !mulrDr; apply: ler_sub.
  by rewrite [a'%:R * a%:R]mulrC ler_add2l -!natrM ler_nat leq_mul.
by rewrite [b'%:R * b%:R]mulrC ler_add2r -!natrM ler_nat leq_mul.
Qed.

Theorem gamma_isomorphism_invariant : isomorphism_invariant (gamma o).
Proof.
by move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /gamma /surplus; have [-> ->] := counts_isomorphic Hd Hst Hc E.
Qed.

(** G+. *)

Theorem g_plus_scale_invariant : scale_invariant (g_plus o).
Proof. by move=> n d c l _ _ Hl; rewrite /g_plus; have [_ ->] := counts_scale n c d Hl. Qed.

Theorem g_plus_consistent : consistent (@lower R) (g_plus o).
Proof.
move=> n d d' c _ _ _ H; rewrite /lower /g_plus /=; apply: ler_wpmul2r; first by rewrite invr_ge0 ler0n.
by rewrite ler_nat leq_mul2l discordant_shrinks.
Qed.

Theorem g_plus_isomorphism_invariant : isomorphism_invariant (g_plus o).
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /g_plus; have [_ ->] := counts_isomorphic Hd Hst Hc E.
by rewrite -(perm_size (ordered_within Hst Hc)) -(perm_size (ordered_between Hst Hc)) !size_map.
Qed.

Section Tau.

(** Any function will do for the root, as long as it is not negative. *)
Variables (root : R -> R) (Hroot : forall a, 0 <= root a).

Theorem tau_scale_invariant : scale_invariant (fun n d c => tau o n d c root).
Proof. by move=> n d c l _ _ Hl; rewrite /tau /surplus; have [-> ->] := counts_scale n c d Hl. Qed.

Theorem tau_consistent : consistent (@higher R) (fun n d c => tau o n d c root).
Proof.
move=> n d d' c _ _ _ H; rewrite /higher /tau /surplus /=; apply: ler_wpmul2r; first by rewrite invr_ge0.
by apply: ler_sub; rewrite ler_nat; [apply: concordant_grows | apply: discordant_shrinks].
Qed.

Theorem tau_isomorphism_invariant : isomorphism_invariant (fun n d c => tau o n d c root).
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /tau /surplus; have [-> ->] := counts_isomorphic Hd Hst Hc E.
by rewrite -(perm_size (ordered_within Hst Hc)) -(perm_size (ordered_between Hst Hc)) !size_map.
Qed.

End Tau.

End Pairs.
