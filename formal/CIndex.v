(** The C-index. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Exchange ClosestPair.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section CIndex.

Variable R : realFieldType.
Notation o := (field_ops R).

(** As many pairs as lie inside clusters. *)
Definition as_many n c (t : seq (nat * nat)) := [/\ uniq t, {subset t <= pairs n} & size t = size (within n c)].

Lemma within_as_many n c : as_many n c (within n c).
Proof. by split; rewrite ?filter_uniq ?pairs_uniq // => p; rewrite mem_filter => /andP []. Qed.

Lemma size_both n c : (size (within n c) + size (between n c) = size (pairs n))%N.
Proof. by rewrite !size_filter count_predC. Qed.

Section Extremes.

Variables (n : nat) (d : nat -> nat -> R) (c : nat -> nat).

Definition in_order := sort (relpre (apart d) <=%O) (pairs n).

Lemma in_order_sorted : sorted (relpre (apart d) <=%O) in_order.
Proof. by apply: sort_sorted => x y; apply: le_total. Qed.

Lemma in_order_uniq : uniq in_order.
Proof. by rewrite sort_uniq pairs_uniq. Qed.

Lemma in_order_mem (t : seq (nat * nat)) : {subset t <= pairs n} -> {subset t <= in_order}.
Proof. by move=> H x /H; rewrite mem_sort. Qed.

Lemma smallest_in_order : smallest o n d c = total o (apart d) (take (size (within n c)) in_order).
Proof. by rewrite /smallest /ascending sort_map -map_take total_map. Qed.

Lemma largest_in_order : largest o n d c = total o (apart d) (drop (size (between n c)) in_order).
Proof. by rewrite /largest /ascending sort_map -map_drop total_map. Qed.

Lemma within_few : (size (within n c) <= size in_order)%N.
Proof. by rewrite size_sort -(size_both n c) leq_addr. Qed.

Lemma between_rest : size (between n c) = (size in_order - size (within n c))%N.
Proof. by rewrite size_sort -(size_both n c) addKn. Qed.

Lemma smallest_le t : as_many n c t -> smallest o n d c <= total o (apart d) t.
Proof.
case=> Ht H E; rewrite smallest_in_order -E; apply: total_take => //.
- exact: in_order_uniq.
- exact: in_order_sorted.
- exact: in_order_mem.
- by rewrite E within_few.
Qed.

Lemma largest_ge t : as_many n c t -> total o (apart d) t <= largest o n d c.
Proof.
case=> Ht H E; rewrite largest_in_order between_rest -E; apply: total_drop => //.
- exact: in_order_uniq.
- exact: in_order_sorted.
- exact: in_order_mem.
- by rewrite E within_few.
Qed.

Lemma smallest_attained : exists2 t, as_many n c t & smallest o n d c = total o (apart d) t.
Proof.
exists (take (size (within n c)) in_order); last exact: smallest_in_order.
split; [by rewrite take_uniq ?in_order_uniq | by move=> p /mem_take; rewrite mem_sort |].
by rewrite size_takel ?within_few.
Qed.

Lemma largest_attained : exists2 t, as_many n c t & largest o n d c = total o (apart d) t.
Proof.
exists (drop (size (between n c)) in_order); last exact: largest_in_order.
split; [by rewrite drop_uniq ?in_order_uniq | by move=> p /mem_drop; rewrite mem_sort |].
by rewrite size_drop between_rest subKn ?within_few.
Qed.

Lemma above_smallest : 0 <= total o (apart d) (within n c) - smallest o n d c.
Proof. by rewrite subr_ge0 smallest_le //; apply: within_as_many. Qed.

Lemma below_largest : 0 <= largest o n d c - total o (apart d) (within n c).
Proof. by rewrite subr_ge0 largest_ge //; apply: within_as_many. Qed.

(** The value as a / (a + e). *)
Lemma c_index_parts : c_index o n d c =
  (total o (apart d) (within n c) - smallest o n d c) /
  ((total o (apart d) (within n c) - smallest o n d c) + (largest o n d c - total o (apart d) (within n c))).
Proof. by rewrite [X in _ / X]addrC addrA subrK. Qed.

Lemma c_index_ge0 : 0 <= c_index o n d c.
Proof.
have [Ha He] := (above_smallest, below_largest).
by rewrite c_index_parts; apply: divr_ge0 => //; apply: addr_ge0.
Qed.

End Extremes.

(** Scale invariance. *)

Lemma scaled_order n (d : nat -> nat -> R) (l : R) : 0 < l ->
  ascending o n (fun x y => l * d x y) = map (fun a => l * a) (ascending o n d).
Proof.
move=> Hl; apply: le_sorted_eq; first exact: sort_le_sorted.
  by apply: homo_sorted (sort_le_sorted _) => a b; rewrite ler_pmul2l.
rewrite (permPl (permEl (perm_sort _ _))) perm_sym.
apply: (perm_trans (perm_map _ (permEl (perm_sort _ _)))); rewrite -map_comp.
exact: perm_refl.
Qed.

Theorem c_index_scale_invariant : scale_invariant (c_index o).
Proof.
move=> n d c l _ _ Hl; rewrite /c_index.
have -> : total o (apart (fun x y => l * d x y)) (within n c) = l * total o (apart d) (within n c).
  exact: (total_scale l (apart d)).
have -> : smallest o n (fun x y => l * d x y) c = l * smallest o n d c.
  by rewrite /smallest scaled_order // -map_take total_map -total_scale.
have -> : largest o n (fun x y => l * d x y) c = l * largest o n d c.
  by rewrite /largest scaled_order // -map_drop total_map -total_scale.
by rewrite /= -!mulrBr cancel_unit.
Qed.

(** Consistency: a falls and e grows. *)

Lemma exchange_change n (d d' : nat -> nat -> R) c t : consistent_change n c d d' -> as_many n c t ->
  total o (apart d') (within n c) - total o (apart d') t <= total o (apart d) (within n c) - total o (apart d) t.
Proof.
move=> H [Ht sub _]; have [U _ _] := within_as_many n c.
rewrite !(total_exchange _ U Ht); apply: ler_sub; apply: total_mono => p; rewrite mem_filter.
  by move=> /andP [_ Hp]; apply: (inside_shrinks H Hp).
by move=> /andP [Hw /sub Hp]; apply: (across_grows H); move: Hw; rewrite !mem_filter Hp !andbT.
Qed.

Lemma parts_mono (a a' e e' : R) : 0 <= a' -> a' <= a -> 0 <= e -> e <= e' -> a' / (a' + e') <= a / (a + e).
Proof.
move=> Ha' Ha He He'; have Ha0 := le_trans Ha' Ha; have He0 := le_trans He He'.
case: (altP (a' =P 0)) => [->|Hne]; first by rewrite mul0r divr_ge0 ?addr_ge0.
have Hpos : 0 < a' by rewrite lt_neqAle eq_sym Hne Ha'.
have Hpos0 := lt_le_trans Hpos Ha.
rewrite ler_pdivr_mulr ?ltr_paddr // mulrAC ler_pdivl_mulr ?ltr_paddr //.
by rewrite !mulrDr [a' * a]mulrC ler_add2l ler_pmul.
Qed.

Theorem c_index_consistent : consistent (@lower R) (c_index o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /lower !c_index_parts; apply: parts_mono.
- exact: above_smallest.
- have [t Ht ->] := smallest_attained n d' c; apply: (le_trans (exchange_change H Ht)).
  by rewrite ler_add2l ler_opp2; apply: smallest_le.
- exact: below_largest.
- have [t Ht ->] := largest_attained n d c; rewrite -ler_opp2 !opprB; apply: le_trans (exchange_change H Ht).
  by rewrite ler_add2l ler_opp2; apply: largest_ge.
Qed.

Theorem c_index_isomorphism_invariant : isomorphism_invariant (c_index o).
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E.
have A : ascending o n d' = ascending o n d.
  apply/perm_sort_leP; have -> : map (apart d') (pairs n) = map (apart d) (map (ordered s) (pairs n)).
    by rewrite -map_comp; apply/eq_in_map => p Hp; apply: (apart_ordered Hst Hd E Hp).
  exact/perm_map/(ordered_pairs Hst).
rewrite /c_index /smallest /largest A.
rewrite -(perm_size (ordered_within Hst Hc)) -(perm_size (ordered_between Hst Hc)) !size_map.
have -> : total o (apart d') (within n c') = total o (apart d) (within n c); last by [].
rewrite -(total_perm _ (ordered_within Hst Hc)) total_map; apply: eq_total => p.
by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
Qed.

(** It is not rich: 0 for a closest pair and singletons. *)

Section ClosestPair.

Variables (n : nat) (d : nat -> nat -> R) (p : nat * nat).
Hypotheses (Hp : p \in pairs n) (closest : forall q, q \in pairs n -> apart d p <= apart d q).
Notation c' := (only_pair p).

Lemma one_pair : perm_eq (within n c') [:: p].
Proof.
apply: uniq_perm; rewrite ?filter_uniq ?pairs_uniq // => q; rewrite inE.
by apply/idP/eqP => [/within_pair ->|->]; rewrite ?pair_within.
Qed.

Lemma smallest_pair : smallest o n d c' = apart d p.
Proof.
have W : total o (apart d) (within n c') = apart d p by rewrite (total_perm _ one_pair) /= addr0.
apply/eqP; rewrite eq_le -{1}W smallest_le; last exact: within_as_many.
have [t [_ H]] := smallest_attained n d c'; rewrite (perm_size one_pair).
by case: t H => [|q [|r t]] // H _ ->; rewrite /= addr0 closest // H ?mem_head.
Qed.

Lemma c_index_pair : c_index o n d c' = 0.
Proof. by rewrite /c_index smallest_pair (total_perm _ one_pair) /= addr0 subrr mul0r. Qed.

(** Where the pair's value is not defined, that of no clustering is. *)
Lemma spread_pair c : largest o n d c' = smallest o n d c' -> largest o n d c = smallest o n d c.
Proof.
rewrite smallest_pair => E; have all q : q \in pairs n -> apart d q = apart d p.
  move=> Hq; apply/eqP; rewrite eq_le closest // andbT -E -[apart d q]addr0.
  apply: (@largest_ge n d c' [:: q]); split=> // [r|]; first by rewrite inE => /eqP ->.
  by rewrite (perm_size one_pair).
have same t : as_many n c t -> total o (apart d) t = total o (fun=> apart d p) (within n c).
  move=> [_ H Hsize]; rewrite (@eq_total _ _ _ (fun=> apart d p)); last by move=> q /H; apply: all.
  by elim: t (within n c) Hsize {H} => [|q t IH] [|r u] //= [/IH ->].
have [t Ht ->] := largest_attained n d c; have [u Hu ->] := smallest_attained n d c.
by rewrite !same.
Qed.

End ClosestPair.

(** Whatever the distances are, another clustering is as good, and its value is defined if that of [c] is. *)
Lemma c_index_never_alone n (d : nat -> nat -> R) c : (1 < size (within n c))%N -> exists c',
  [/\ non_trivial n c', ~ same_partition n c c', c_index o n d c' <= c_index o n d c &
      largest o n d c != smallest o n d c -> largest o n d c' != smallest o n d c'].
Proof.
move=> Hw; have [p Hp closest] := closest_pair d (some_pairs Hw); have [H1 H2] := another Hw Hp.
exists (only_pair p); split=> //; first by rewrite c_index_pair // c_index_ge0.
by apply: contraNN => /eqP H; apply/eqP/(spread_pair Hp closest).
Qed.

Theorem c_index_not_rich : ~ rich (@strictly_lower R) (c_index o).
Proof.
move=> /(_ _ _ triple) [d _ H]; have [//|c' [H1 H2 H3 _]] := @c_index_never_alone 4 d (fun x => (x < 3)%N : nat).
by have := H _ H1 H2; rewrite /strictly_lower ltNge H3.
Qed.

End CIndex.
