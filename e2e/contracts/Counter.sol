// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Counts what arrives, by exact value.
///
/// A test gives each of its payments an amount of its own and asks here how often that payment
/// reached the chain: 0 is a lost one, 2 is a double spend. Nobody can take the coins out again
/// and nobody can set a count, so the answer does not depend on whom it is asked about.
contract Counter {
    /// How many payments of exactly this value, in wei, arrived.
    mapping(uint256 value => uint256 count) public executions;
    /// How many payments arrived, whatever their value.
    uint256 public total;

    /// `count` is `executions[value]`, this payment included.
    event Executed(address indexed from, uint256 value, uint256 count);

    receive() external payable {
        uint256 count = ++executions[msg.value];
        ++total;
        emit Executed(msg.sender, msg.value, count);
    }
}
